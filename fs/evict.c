// fs/evict.c - the size of the block cache: which blocks are evicted.
//
// The cache has a budget of pages.  Once it is used up, a block that is loaded
// takes the page of another block, which is evicted.  An evicted block is on
// the disk, and the next touch loads it again, at the same address.  The
// victim is found by the second-chance (clock) algorithm: a circular scan over
// the cached pages clears PTE_A, which the processor sets when a page is used,
// and evicts a page that it finds with PTE_A still clear from the round
// before.
//
// The super block and the bitmap are never evicted, and do not count against
// the budget.
//
// A request pins the blocks that it works on: they are not evicted before the
// request ends.  There are few (MAXPINS), so there always is a page to evict,
// unless clients have leases of all others.
//
// Entry points:
//   cache_begin	the budget applies from now on
//   cache_run		how many blocks may be loaded together
//   cache_loading	do not evict these pages, which are being loaded
//   pin_page, unpin_blocks	do not evict this page; evict all again
//   set_clean		clear PTE_D and PTE_A of pages
//   new_page		a page of memory for the server
//   cache_page_alloc, cache_page_free	a page for a block

#include <inc/lib.h>

#include <fs/fs.h>

#define MINBUDGET	16		// blocks
#define SHARE		4		// the budget is 1/SHARE of all memory,
					// a run at most 1/SHARE of the budget

// The most that a request pins: a directory's entry and its indirect block, the
// block with the file's entry, the file's indirect block; and blocks that the
// request makes, two for data and one for block numbers.
#define MAXPINS		8

_Static_assert(MAXPINS + MINBUDGET / SHARE < MINBUDGET,
	"besides pinned blocks and those being loaded, some can be evicted");

uint32_t cache_budget;			// blocks; 0 until fs_init: choose
bool new_page_waits = true;		// until the server takes requests
static bool limited;			// the budget applies
static uint32_t ncached;		// pages that count against it

static uintptr_t loading, loading_end;	// of cache_loading
static uintptr_t pinned[MAXPINS];
static uint32_t npinned;

// How many pages of memory the machine has: pages[] has an entry for each.
static uint32_t
memory_pages(void)
{
	uintptr_t end = UPAGES;

	while (end < UPAGES + PTSIZE && page_is_mapped((void *) end))
		end += PGSIZE;
	return (end - UPAGES) / sizeof(struct PageInfo);
}

void
cache_begin(void)
{
	if (cache_budget == 0)
		cache_budget = memory_pages() / SHARE;
	cache_budget = MAX(cache_budget, (uint32_t) MINBUDGET);
	ncached = 0;
	limited = true;
}

uint32_t
cache_run(void)
{
	return limited ? MIN(cache_budget / SHARE, (uint32_t) RUN_BLOCKS) : 1;
}

void
cache_loading(const void *page, uint32_t n)
{
	loading = (uintptr_t) page;
	loading_end = loading + n * PGSIZE;
}

static inline bool
is_pinned(uintptr_t page)
{
	for (uint32_t i = 0; i < npinned; i++)
		if (pinned[i] == page)
			return true;
	return false;
}

void
pin_page(uintptr_t page)
{
	if (is_pinned(page))
		return;
	assert(npinned < MAXPINS);
	pinned[npinned++] = page;
}

void
unpin_blocks(void)
{
	npinned = 0;
}

// Clear PTE_D and PTE_A of n pages, whose contents memory and disk agree on:
// mapping a page onto itself makes a new page table entry.
void
set_clean(void *page, uint32_t n)
{
	const struct PageRun run = {
		.srcva = page, .dstva = page,
		.perm = PTE_P | PTE_U | PTE_W, .npages = n,
	};
	int r = map_runs(0, &run, 1);

	if (r < 0)
		panic("set_clean: %e", r);
}

// The first page of the cache at or above va, or end.
static uintptr_t
next_cached(uintptr_t va, uintptr_t end)
{
	while (va < end) {
		if (!(uvpd[PDX(va)] & PTE_P))
			va = ROUNDDOWN(va, PTSIZE) + PTSIZE;
		else if (!(uvpt[PGNUM(va)] & PTE_P))
			va += PGSIZE;
		else
			return va;
	}
	return end;
}

// Was the page used since the last round of the scan, or must its block not be
// written yet (order_run)?  Then it stays until the next round, for which PTE_A
// is cleared.  A dirty block is written back, with its dirty neighbours.
static bool
gets_second_chance(uintptr_t va)
{
	const pte_t pte = uvpt[PGNUM(va)];
	const uint32_t blockno = block_at((void *) va);
	const uint32_t n = order_run(blockno, MIN(super->s_nblocks - blockno,
		(uint32_t) RUN_BLOCKS));

	if ((pte & PTE_D) || n == 0)
		order_write_back(blockno, MAX(n, 1u));
	else if (pte & PTE_A)
		set_clean((void *) va, 1);
	return (pte & (PTE_A | PTE_D)) || n == 0;
}

// Find a page to evict.  A leased page stays with the client, who may go on
// reading it; it leaves the cache, and the scan goes on.  Returns NULL if no
// page can be evicted: two full rounds have found none, after which all dirty
// blocks that the disk accepts are written.
static void *
choose_victim(void)
{
	static uintptr_t scan;

	if (!limited)
		return NULL;
	const uintptr_t start = (uintptr_t) diskaddr(first_data_block());
	const uintptr_t end = start
		+ (super->s_nblocks - first_data_block()) * BLKSIZE;

	for (int rounds = 0; rounds < 3; ) {
		scan = next_cached(MAX(start, scan + PGSIZE), end);
		if (scan == end) {
			scan = 0;
			rounds++;
			continue;
		}
		if ((scan >= loading && scan < loading_end) || is_pinned(scan)
		    || gets_second_chance(scan))
			continue;
		if (pageref((void *) scan) == 1)
			return (void *) scan;
		cache_page_free((void *) scan);
	}
	return NULL;
}

// A student's bc_pgfault allocates pages that are not in this count.
static void
count_one_less(void)
{
	if (ncached > 0)
		ncached--;
}

// Evict a block and map its page at `page`.  The page is never free in
// between, when another environment could take it: where memory is used up,
// the whole cache would be lost page by page.  Where a page table is missing
// too, one more block is evicted for that.  Returns 0 or -E_NO_MEM.
static int
reuse_page(void *page)
{
	int r = -E_NO_MEM;
	void *victim;

	while (r == -E_NO_MEM && (victim = choose_victim()) != NULL) {
		r = sys_page_map(0, victim, 0, page, PTE_P | PTE_U | PTE_W);
		sys_page_unmap(0, victim);
		if (r < 0)
			count_one_less();
	}
	return r;
}

// Map a page full of zeros at va.  While the server starts, no client waits for
// it, so it waits for memory that programs have taken.  Returns 0, or -E_NO_MEM
// once the server takes requests.
int
new_page(void *va)
{
	int r;

	while ((r = sys_page_alloc(0, va, PTE_P | PTE_U | PTE_W)) == -E_NO_MEM
	       && new_page_waits)
		sys_yield();
	return r;
}

// Map a page for a block at `page`.  Returns 1 if it is full of zeros, 0 if it
// may hold anything, or -E_NO_MEM.
int
cache_page_alloc(void *page)
{
	int r;

	if (limited && ncached >= cache_budget && reuse_page(page) == 0)
		return 0;
	if ((r = new_page(page)) == 0) {
		ncached++;
		return 1;
	}
	return r == -E_NO_MEM ? reuse_page(page) : r;
}

// Evict the block at `page`, and free the page unless it is leased.
void
cache_page_free(void *page)
{
	sys_page_unmap(0, page);
	count_one_less();
}
