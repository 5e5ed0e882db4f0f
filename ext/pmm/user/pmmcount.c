// ext/pmm/user/pmmcount.c - counts the instructions of allocating and freeing a
// page, for README.md: first with memory in one piece, then with HOLES free
// pages that have no free neighbour.

#include <tests/user/bench.h>

#define LOOPS	100
#define HOLES	1000

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	close(open_or_panic("/motd", O_RDONLY));	// the server is ready

	alloc_pages(1);
	BENCH("one_piece", LOOPS, NOTHING, TIMES(LOOPS,
		sys_page_alloc(0, PAGE(1), RW);
		sys_page_unmap(0, PAGE(1))), NOTHING);

	alloc_pages(2 * HOLES);
	for (int i = 0; i < 2 * HOLES; i += 2)
		must("sys_page_unmap", sys_page_unmap(0, PAGE(i)));
	BENCH("holes", LOOPS, NOTHING, TIMES(LOOPS,
		sys_page_alloc(0, PAGE(0), RW);
		sys_page_unmap(0, PAGE(0))), NOTHING);

	int last = 2 * HOLES + 1;		// the highest page that is mapped
	BENCH("above_holes", 1, last -= 2, sys_page_unmap(0, PAGE(last)),
		NOTHING);
	cprintf("pmmcount ok\n");
}
