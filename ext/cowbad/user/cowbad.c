// ext/cowbad/user/cowbad.c - faults that fork's page-fault handler does not
// mend, in words.
//
// Each child does one thing wrong; the handler panics, which ends the child.

#include <ext/cowbad/explain.h>

#define PAGE		0x10000000	// here is a page
#define NOWHERE		(PAGE + PGSIZE)	// here is none
#define FAR		0xB0000000	// and here is no page table

static volatile uint32_t *volatile at;

static void
ignore(struct UTrapframe *utf)
{
	USED(utf);
}

// Each error code that the processor has for a page, also those that the kernel
// never hands to a program.
static void
error_codes(void)
{
	struct UTrapframe utf = { .utf_fault_va = NOWHERE };

	set_pgfault_handler(ignore);
	explain_faults();
	for (; utf.utf_err < 8; utf.utf_err++)
		_pgfault_handler(&utf);
}

static void
write_there(void)
{
	*at = 1;
}

static void
read_there(void)
{
	(void) *at;
}

// Returns after a child has called function, with `at' set to va.
static void
try(void (*function)(void), uintptr_t va)
{
	envid_t child = fork();

	if (child < 0)
		panic("fork: %e", child);
	if (child == 0) {
		explain_faults();
		at = (uint32_t *) va;
		function();
		cprintf("it went well\n");
		exit();
	}
	wait(child);
}

void
umain(int argc, char **argv)
{
	int r;

	USED(argc);
	USED(argv);
	if ((r = sys_page_alloc(0, (void *) PAGE, PTE_P | PTE_U | PTE_W)) < 0)
		panic("page: %e", r);
	try(write_there, PAGE);			// copy-on-write: goes well
	if ((r = sys_page_map(0, (void *) PAGE, 0, (void *) PAGE,
			PTE_P | PTE_U)) < 0)
		panic("page: %e", r);
	try(write_there, PAGE);
	try(read_there, PAGE);			// goes well
	try(write_there, NOWHERE);
	try(read_there, NOWHERE);
	try(write_there, FAR);
	try(write_there, KERNBASE);
	try(read_there, KERNBASE);
	error_codes();
	cprintf("cowbad ok\n");
}
