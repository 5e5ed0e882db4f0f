// ext/pmm/user/pmmtest.c - tries the page manager that is on.  With an
// argument, the number of a mistake (ext/pmm/calls.h), has the kernel make it; a
// second one says which.

#include <ext/ext.h>
#include <ext/pmm/calls.h>
#include <ext/test.h>

#define RUN	((char *) 0x10000000)
#define MOST	1024			// pages of one page table

static int
pmm(uint32_t op, uint32_t arg)
{
	return ext_call(SYS_pmm, op, arg, 0, 0, 0);
}

static int
alloc_run(void *va, size_t n)
{
	return ext_call(SYS_page_alloc_run, (uint32_t) va, n, 0, 0, 0);
}

// A run is where it was asked for, side by side, zeroed and ours; and it can be
// given back page by page.
static void
try_run(size_t n)
{
	expect("alloc_run", alloc_run(RUN, n), 0);
	for (size_t i = 0; i < n; i++) {
		expect("side by side", PTE_ADDR(uvpt[PGNUM(RUN) + i]),
			PTE_ADDR(uvpt[PGNUM(RUN)]) + i * PGSIZE);
		expect("zero", RUN[i * PGSIZE + i % PGSIZE], 0);
		RUN[i * PGSIZE + i % PGSIZE] = 1;
	}
	expect("there", alloc_run(RUN, 1), -E_INVAL);
	for (size_t i = 0; i < n; i += 2)
		expect("unmap", sys_page_unmap(0, RUN + i * PGSIZE), 0);
	for (size_t i = 1; i < n; i += 2)
		expect("unmap", sys_page_unmap(0, RUN + i * PGSIZE), 0);
}

void
umain(int argc, char **argv)
{
	const int max = pmm(PMM_MAX_PAGES, 0);

	if (argc > 1) {
		pmm(strtol(argv[1], NULL, 0),
			argc > 2 ? strtol(argv[2], NULL, 0) : 0);
		cprintf("the kernel did not notice\n");
		return;
	}

	wait_for_server();
	try_run(MIN(max, MOST));	// its page table stays
	const int before = pmm(PMM_COUNT, 0);
	for (int n = 1; n <= MIN(max, 300); n += n / 3 + 1)
		try_run(n);
	expect("too many", alloc_run(RUN, max + 1), -E_NO_MEM);
	expect("none", alloc_run(RUN, 0), -E_INVAL);
	expect("not a page", alloc_run(RUN + 1, 1), -E_INVAL);
	expect("not ours", alloc_run((void *) (UTOP - PGSIZE), 2), -E_INVAL);
	expect("free pages", pmm(PMM_COUNT, 0), before);

	for (int seed = 0; seed < 4; seed++) {
		expect("stress", pmm(PMM_STRESS, seed), 0);
		expect("kmalloc", pmm(PMM_KMALLOC, seed), 0);
	}
	expect("exhaust", pmm(PMM_EXHAUST, 0), 0);
	cprintf("pmmtest: %d pages are free\n", before);
	cprintf("pmmtest: runs of up to %d pages\n", max);
	cprintf("pmmtest ok\n");
}
