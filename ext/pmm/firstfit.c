// ext/pmm/firstfit.c - first fit: the lowest run of free pages that is long
// enough.
//
// The free list is in ascending order of addresses, and the first page of each
// run of pages side by side knows how many there are:
//
//	page_free_list -> 1 2 3 4 5 6 -> 8 9 ... 159 -> 1203 1204 ... 32735
//			  length 6      length 152     length 31533
//
// To allocate is to take pages off the front of a run.  To free is to find the
// place on the list, run by run, and to merge with the runs on both sides.  So
// both take as long as there are runs.

#include <inc/assert.h>
#include <inc/memlayout.h>

#include <kern/ext.h>
#include <kern/pmap.h>

#include <ext/pmm/pmm.h>

static uint32_t length[MAXPAGES];	// of the run that begins with that page
static size_t nfree;

static inline uint32_t *
length_of(const struct PageInfo *run)
{
	return &length[run - pages];
}

static inline struct PageInfo *
last_of(struct PageInfo *run)
{
	return run + *length_of(run) - 1;
}

// Have the page `last', or, if that is NULL, the list itself lead to pp.
static void
lead_to(struct PageInfo *last, struct PageInfo *pp)
{
	if (last)
		last->pp_link = pp;
	else
		page_free_list = pp;
	if (pp == NULL)
		page_list_last = last;
}

static void
firstfit_init(void)
{
	nfree = 0;
}

static struct PageInfo *
firstfit_alloc(size_t n, int flags)
{
	struct PageInfo *run = page_free_list, *before = NULL;

	while (run && *length_of(run) < n) {
		before = last_of(run);
		run = before->pp_link;
	}
	if (run == NULL)
		return NULL;

	const uint32_t left = *length_of(run) - n;
	if (left > 0)
		*length_of(run + n) = left;
	lead_to(before, run[n - 1].pp_link);
	nfree -= n;
	return pages_taken(run, n, flags);
}

static void
firstfit_free(struct PageInfo *base, size_t n)
{
	struct PageInfo *run = NULL, *before = NULL, *next = page_free_list;

	while (next && next < base) {
		run = next;
		before = last_of(run);
		next = before->pp_link;
	}
	nfree += n;
	link_run(base, n);
	base[n - 1].pp_link = next;
	if (next == NULL)
		page_list_last = &base[n - 1];
	else if (next == base + n)
		n += *length_of(next);
	lead_to(before, base);
	if (run && before + 1 == base)
		*length_of(run) += n;
	else
		*length_of(base) = n;
}

static size_t
firstfit_count(void)
{
	return nfree;
}

// Each run has its length, ends where the next page is not free, and lies above
// the one before it.
static void
firstfit_check(void)
{
	struct PageInfo *last = NULL;
	size_t n = 0;

	for (struct PageInfo *run = page_free_list; run; run = last->pp_link) {
		assert(last == NULL || run > last + 1);
		last = last_of(run);
		assert(last >= run && last < pages + npages);
		for (struct PageInfo *pp = run; pp < last; pp++)
			assert(pp->pp_link == pp + 1);
		n += *length_of(run);
	}
	assert(last == page_list_last && n == nfree);
}

const struct PageManager firstfit_manager = {
	.name = "firstfit",
	.max_pages = MAXPAGES,
	.init = firstfit_init,
	.page_init = firstfit_free,
	.alloc_pages = firstfit_alloc,
	.free_pages = firstfit_free,
	.nr_free_pages = firstfit_count,
	.check = firstfit_check,
};

static void
firstfit_boot(void)
{
	pmm_use(&firstfit_manager);
}

EXTENSION(firstfit, .boot = firstfit_boot, .syscall = pmm_syscall);
