// ext/cowbad/user/cowcost.c - what a page fault takes without explain_faults, and
// with it; in instructions where a tick of the time-stamp counter is one (-icount
// shift=0).

#include <inc/x86.h>

#include <ext/cowbad/explain.h>
#include <ext/test.h>

#define TIMES		100
#define PAGE		0x10000000	// looks as fork leaves a page
#define NOWHERE		(PAGE + PGSIZE)

// Past the movl that faulted
static void
skip(struct UTrapframe *utf)
{
	utf->utf_eip += 2;
}

// The fewest instructions of some faults: without a tick
static int
faults(uintptr_t va, int times)
{
	uint32_t lowest = ~0u;

	while (times-- > 0) {
		const uint32_t start = read_tsc();

		__asm__ volatile("movl %%eax, (%0)" : : "c" (va) : "memory");

		const uint32_t took = (uint32_t) read_tsc() - start;

		lowest = MIN(lowest, took);
	}
	return lowest;
}

void
umain(int argc, char **argv)
{
	int r, cow, nowhere;

	USED(argc);
	USED(argv);
	wait_for_server();
	if ((r = sys_page_alloc(0, (void *) PAGE, PTE_P | PTE_U | PTE_COW)) < 0)
		panic("page: %e", r);
	set_pgfault_handler(skip);
	cow = faults(PAGE, TIMES);
	nowhere = faults(NOWHERE, TIMES);
	explain_faults();
	cprintf("| copy-on-write | %d | %d |\n", cow, faults(PAGE, TIMES));
	cprintf("| no page, in words | %d | %d |\n", nowhere, faults(NOWHERE, 3));
	cprintf("cowcost ok\n");
}
