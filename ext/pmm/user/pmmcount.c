// ext/pmm/user/pmmcount.c - counts the instructions of allocating and freeing a
// page, for README.md: in NPAGES states of memory in one piece, the cheapest and
// the dearest; with HOLES free pages that have no free neighbour; and above those.

#include <tests/user/bench.h>

#include <ext/test.h>

#define NPAGES	1100			// more than a block of 1024
#define HOLES	1000

// Of several counts the lowest has no tick in it.
#define LOWEST(statement) ({						\
	uint32_t lowest = ~0u;						\
	for (int batch = 0; batch < BATCHES; batch++) {			\
		const uint32_t count = COUNT(statement);		\
		lowest = MIN(lowest, count);				\
	}								\
	lowest;								\
})

static uint32_t
count_page(void *va)
{
	return LOWEST(sys_page_alloc(0, va, RW); sys_page_unmap(0, va));
}

void
umain(int argc, char **argv)
{
	uint32_t least = ~0u, most = 0;

	USED(argc), USED(argv);

	wait_for_server();

	alloc_pages(2 * HOLES);		// their page tables stay
	unmap_pages(2 * HOLES);
	for (int i = 0; i < NPAGES; i++) {
		const uint32_t count = count_page(PAGE(i));

		least = MIN(least, count);
		most = MAX(most, count);
		must("sys_page_alloc", sys_page_alloc(0, PAGE(i), RW));
	}

	alloc_pages(2 * HOLES);
	for (int i = 0; i < 2 * HOLES; i += 2)
		must("sys_page_unmap", sys_page_unmap(0, PAGE(i)));

	const uint32_t holes = count_page(PAGE(0));
	int last = 2 * HOLES + 1;	// the highest page that is mapped
	const uint32_t above = LOWEST(last -= 2; sys_page_unmap(0, PAGE(last)));

	cprintf("| pages | %d | %d | %d | %d |\n", least, most, holes, above);
	cprintf("pmmcount ok\n");
}
