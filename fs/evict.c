// fs/evict.c - which blocks stay in memory when there is no room for all.
//
// There is a budget of pages.  When it is used up, a block that comes in takes
// the page of another one, which nobody notices: what that block holds is on
// the disk, and comes back when it is touched.  To find one that was not used
// of late, a hand goes round over the blocks in memory (the clock algorithm).
// The processor notes in the page table that a page was used (PTE_A); the hand
// takes the note away, and if it comes round again before there is a new one,
// the page may go.
//
// Super block and bitmap are always in memory and count for nothing here.
//
// A request pins the blocks that it works on: their pages are not taken before
// it ends, whatever else it loads.  They are few (MAXPINS), and so there is
// always a page that can be taken, unless clients have leases of all others.
//
// Entry points:
//   cache_begin	from now on there is a budget
//   cache_run		so many blocks may come in together
//   cache_keep		these are just coming in
//   pin_block, unpin_blocks	this stays; from now on all may go
//   new_page		a page of memory for the server
//   cache_page_alloc	a page for a block
//   cache_page_free	the block goes, and its page too

#include <inc/lib.h>

#include <fs/fs.h>

#define SMALLEST	16		// blocks
#define SHARE		4		// our part of memory is one in so many

// What one request pins at most: a directory's entry, its indirect block and
// the block with the file's entry; the file's indirect block; and blocks that
// it makes, two for data and one for numbers.
#define MAXPINS		8

_Static_assert(MAXPINS + SMALLEST / SHARE < SMALLEST,
	"pinned blocks and those that come in leave some to be taken");

uint32_t cache_budget;			// blocks, before fs_init; 0: choose
static bool limited;			// there is a budget now
static uint32_t cached;			// pages that count

static uintptr_t kept, kept_end;	// cache_keep
static uintptr_t pinned[MAXPINS];	// pin_block
static uint32_t npinned;

// How many pages the machine has, free or not: pages[] is as long.
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
	cache_budget = MAX(cache_budget, (uint32_t) SMALLEST);
	cached = 0;
	limited = true;
}

uint32_t
cache_run(void)
{
	return limited ? MIN(cache_budget / SHARE, (uint32_t) RUN_BLOCKS) : 1;
}

void
cache_keep(const void *page, uint32_t n)
{
	kept = (uintptr_t) page;
	kept_end = kept + n * PGSIZE;
}

// The next page of the cache at or above va, or end.
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

// Was the page used since the hand was here, or is it needed?  It is from now
// on unused, and on the disk, with what is dirty after it.
static bool
was_used(uintptr_t va)
{
	const pte_t pte = uvpt[PGNUM(va)];
	const uint32_t blockno = block_at((void *) va);
	const uint32_t n = order_run(blockno, MIN(super->s_nblocks - blockno,
		(uint32_t) RUN_BLOCKS));

	if ((pte & PTE_D) || n == 0)
		order_write_back(blockno, MAX(n, 1u));
	else if (pte & PTE_A)
		forget_use((void *) va, 1);
	return (pte & (PTE_A | PTE_D)) || n == 0;
}

static inline bool
is_pinned(uintptr_t page)
{
	for (uint32_t i = 0; i < npinned; i++)
		if (pinned[i] == page)
			return true;
	return false;
}

// Have the block at addr, which may be anywhere in it, in memory until
// unpin_blocks.  What a request reads or changes by a pointer is pinned before
// anything is changed: then neither want of memory nor a bad disk can stop it
// half-way.  Returns 0 or what load_block says.
int
pin_block(void *addr)
{
	const uintptr_t page = ROUNDDOWN((uintptr_t) addr, PGSIZE);
	int r;

	if (is_pinned(page))
		return 0;
	if ((r = load_block(addr)) < 0)
		return r;
	assert(npinned < MAXPINS);
	pinned[npinned++] = page;
	return 0;
}

void
unpin_blocks(void)
{
	npinned = 0;
}

// Is the page just coming in, or does the request at work need it?
static bool
must_stay(uintptr_t va)
{
	return (va >= kept && va < kept_end) || is_pinned(va);
}

// Does a client have a lease of the page?
static bool
is_leased(uintptr_t va)
{
	return pageref((void *) va) > 1;
}

// Move the hand to a page that can go.  What was lent stays with the client,
// who may go on reading it, and leaves room for another.  NULL if there is
// none: then it has been twice where everything could go, except for what the
// disk does not take.
static void *
page_to_take(void)
{
	static uintptr_t hand;

	if (!limited)
		return NULL;
	const uintptr_t start = (uintptr_t) diskaddr(first_data_block());
	const uintptr_t end = start
		+ (super->s_nblocks - first_data_block()) * BLKSIZE;

	for (int rounds = 0; rounds < 3; ) {
		hand = next_cached(MAX(start, hand + PGSIZE), end);
		if (hand == end) {
			hand = 0;
			rounds++;
		} else if (!must_stay(hand) && !was_used(hand)) {
			if (!is_leased(hand))
				return (void *) hand;
			cache_page_free((void *) hand);
		}
	}
	return NULL;
}

// A bc_pgfault that takes a page by itself, as the labs', has not counted it.
static void
count_less(void)
{
	if (cached > 0)
		cached--;
}

// Have another block's page at this place.  It is not free in between, when
// somebody else could take it: where memory is used up, this goes page by page,
// all of the cache.  Only for a page table one has to be given up first.
static int
take_page(void *page)
{
	int r = -E_NO_MEM;
	void *other;

	while (r == -E_NO_MEM && (other = page_to_take()) != NULL) {
		r = sys_page_map(0, other, 0, page, PTE_P | PTE_U | PTE_W);
		sys_page_unmap(0, other);
		if (r < 0)
			count_less();
	}
	return r;
}

// Map a page full of zeros at va.  As long as the server starts, no client waits
// for it, so it waits for memory that programs have taken; later it cannot.
// Returns 0, or -E_NO_MEM once the server serves.
int
new_page(void *va)
{
	int r;

	while ((r = sys_page_alloc(0, va, PTE_P | PTE_U | PTE_W)) == -E_NO_MEM
	       && !serving)
		sys_yield();
	return r;
}

// Have a page here.  Returns 1 if it is full of zeros, 0 if anything may be in
// it, or -E_NO_MEM.
int
cache_page_alloc(void *page)
{
	int r;

	if (limited && cached >= cache_budget && take_page(page) == 0)
		return 0;
	if ((r = new_page(page)) == 0) {
		cached++;
		return 1;
	}
	return r == -E_NO_MEM ? take_page(page) : r;
}

void
cache_page_free(void *page)
{
	sys_page_unmap(0, page);
	count_less();
}
