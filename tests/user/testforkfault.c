// tests/user/testforkfault.c - faults that are no copy-on-write: fork's handler
// panics.  tests/programs.pm looks which addresses the messages name.

#include <tests/user/test.h>

#define PAGE	((char *) 0x0A000000)	// a page that may only be read
#define NOPAGE	(PAGE + PGSIZE)		// none, in the same page table
#define FAR	((char *) 0xB0000000)	// an address without a page table

static const struct {
	volatile char *va;
	bool writes;
} faults[] = {
	{ PAGE, true },
	{ NOPAGE, true }, { NOPAGE, false },
	{ FAR, true }, { FAR, false },
	{ (char *) KERNBASE, true }, { (char *) KERNBASE, false },
};

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	must("page", sys_page_alloc(0, PAGE, PTE_P | PTE_U));
	for (unsigned i = 0; i < ARRAY_SIZE(faults); i++) {
		const envid_t child = fork_or_panic();

		if (child == 0) {
			if (faults[i].writes)
				*faults[i].va = 1;
			else
				(void) *faults[i].va;
			cprintf("child %d goes on\n", i);
			exit();
		}
		wait(child);
	}
	cprintf("testforkfault ok\n");
}
