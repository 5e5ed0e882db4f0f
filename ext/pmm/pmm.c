// ext/pmm/pmm.c - the table of page managers, and what all of them share.
//
// page_alloc and page_free are the manager's operations for one page (pmm_use
// sees to it).  The rest of the kernel does not know: page_free_list goes on
// being the list of all free pages, so page_free_count, the checks at boot, the
// audit, the guard pages and GDB's `freelist' read it as always.
//
// Some of them even change it: checks take all pages but three off the list and
// put them back.  They do so at its ends, so alloc_pages and free_pages compare
// both ends with what the manager left there, and if somebody else was at work,
// the manager gets the pages of the list anew (adopt_list).  The list is right,
// and a manager's records are about it.
//
// Entry points: in ext/pmm/pmm.h.  Under the kernel lock.

#include <inc/assert.h>
#include <inc/memlayout.h>
#include <inc/string.h>

#include <kern/debug/guard.h>
#include <kern/ext.h>
#include <kern/pmap.h>

#include <ext/pmm/pmm.h>

const struct PageManager *page_manager = &freelist_manager;
struct PageInfo *page_list_last;
static struct PageInfo *first_seen;	// page_free_list, as the manager left it

// ------------------------------------------------ when others change the list

static uint32_t listed[MAXPAGES / 32];	// a bit for each page on the list

// Have the manager forget all, and give it the pages of the list, run by run.
// The highest comes first: a manager that puts what it gets at the front of a
// list has low pages there, which entry_pgdir maps.
static void
adopt_list(void)
{
	memset(listed, 0, sizeof(listed));
	for (struct PageInfo *pp = page_free_list, *next; pp; pp = next) {
		listed[(pp - pages) / 32] |= 1u << (pp - pages) % 32;
		next = pp->pp_link;
		pp->pp_link = NULL;
	}
	page_free_list = page_list_last = NULL;
	page_manager->init();
	for (size_t end = npages, n = npages; n-- > 0; ) {
		if (listed[n / 32] & 1u << n % 32) {
			if (n > 0 && (listed[(n - 1) / 32] & 1u << (n - 1) % 32))
				continue;
			page_manager->page_init(&pages[n], end - n);
		}
		end = n;
	}
	page_manager->check();
	first_seen = page_free_list;
}

static inline void
notice_changes(void)
{
	if ((page_free_list != first_seen
		|| (page_list_last && page_list_last->pp_link))
	    && page_manager->init)
		adopt_list();
}

// ------------------------------------------------------------- entry points

struct PageInfo *
pages_taken(struct PageInfo *pp, size_t n, int flags)
{
	for (struct PageInfo *each = pp; each < pp + n; each++) {
		each->pp_link = NULL;
		if (guard_on)
			guard_page(each, false);
	}
	if (flags & ALLOC_ZERO)
		memset(page2kva(pp), 0, n * PGSIZE);
	return pp;
}

// Give the pages on zeroed_tables (kern/pmap.h) to the manager.
static void
free_zeroed_tables(void)
{
	struct PageInfo *table;

	while (zeroed_tables && (table = page_table_alloc()))
		free_page(table);
}

struct PageInfo *
alloc_pages(size_t n, int flags)
{
	struct PageInfo *pp;

	notice_changes();
	if (n == 0 || n > page_manager->max_pages || failalloc_now())
		return NULL;
	if (!(pp = page_manager->alloc_pages(n, flags)) && zeroed_tables) {
		free_zeroed_tables();
		pp = page_manager->alloc_pages(n, flags);
	}
	first_seen = page_free_list;
	return pp;
}

void
free_pages(struct PageInfo *base, size_t n)
{
	notice_changes();
	assert(n > 0 && is_page_info(base) && n <= npages - (base - pages));
	for (struct PageInfo *pp = base; pp < base + n; pp++) {
		if (pp->pp_ref != 0)
			panic("page_free: page %08x has %d references left",
				page2pa(pp), pp->pp_ref);
		if (is_free(pp))
			panic("page_free: page %08x is free already",
				page2pa(pp));
	}
	page_manager->free_pages(base, n);
	first_seen = page_free_list;
	for (struct PageInfo *pp = base; pp < base + n; pp++)
		debug_page_free(pp);
}

size_t
nr_free_pages(void)
{
	notice_changes();
	return page_manager->nr_free_pages();
}

void
pmm_use(const struct PageManager *manager)
{
	page_manager = manager;
	ext_replace(page_alloc, alloc_page);
	ext_replace(page_free, free_page);
}

// ---------------------------------------------------------- the plain list

// The kernel's own list as a manager: it has no records, and so finds no two
// pages side by side.

static struct PageInfo *
list_alloc(size_t n, int flags)
{
	struct PageInfo *pp = page_free_list;

	if (pp == NULL)
		return NULL;
	page_free_list = pp->pp_link;
	return pages_taken(pp, n, flags);
}

static void
list_free(struct PageInfo *base, size_t n)
{
	for (struct PageInfo *pp = base + n; pp-- > base; ) {
		pp->pp_link = page_free_list;
		page_free_list = pp;
	}
}

static size_t
list_count(void)
{
	size_t n = 0;

	for (struct PageInfo *pp = page_free_list; pp; pp = pp->pp_link)
		n++;
	return n;
}

static void
list_check(void)
{
	assert(list_count() <= npages);
}

const struct PageManager freelist_manager = {
	.name = "freelist",
	.max_pages = 1,
	.alloc_pages = list_alloc,
	.free_pages = list_free,
	.nr_free_pages = list_count,
	.check = list_check,
};

static void
freelist_boot(void)
{
	pmm_use(&freelist_manager);
}

EXTENSION(freelist, .boot = freelist_boot, .syscall = pmm_syscall);
