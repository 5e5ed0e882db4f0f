// ext/pmm/buddy.c - the buddy system: free pages in blocks of 1, 2, 4 ... 1024.
//
// A block of order k is 2^k pages side by side, the first of which has a number
// that 2^k divides.  Its buddy is the other half of the block of order k + 1 in
// which it lies: the page number with bit k flipped.  To allocate is to split a
// larger block in halves as long as one half is enough.  To free is to merge
// with the buddy as long as that is free, too.  Neither searches: there are as
// many steps as orders.
//
// There are lists for each order, and that for each of three zones, between
// which lies what is never free.  A block lies in one zone:
//
//	1 to MPENTRY | behind it to 640 KiB | end of the kernel to the top
//
// All these lists are parts of the one that page_free_list leads to: zone by
// zone, and in each order by order.  Inside a block, each page links to the
// next one, so linking two halves is one store.  Where a block is split, the
// parts
//
//	page | page | 2 pages | 4 pages | 8 pages ...
//
// stand on the list already as they should: by order, smallest first.

#include <inc/assert.h>
#include <inc/memlayout.h>
#include <inc/string.h>

#include <kern/env.h>
#include <kern/ext.h>
#include <kern/pmap.h>

#include <ext/pmm/pmm.h>

#define NORDERS		11
#define MAX_BLOCK	(1u << (NORDERS - 1))		// pages

struct Zone {
	size_t start, end;		// page numbers, from start to end - 1
	uint32_t orders;		// a bit for each list that has a block
	struct PageInfo *list[NORDERS];	// first block of each order
};

#define NZONES		3
static struct Zone zones[NZONES];
#define ZONES_END	(zones + NZONES)

// Of the free block that begins with a page: its order, plus 1; and the last
// page of the block before it on the list, or NULL.  0 for all other pages.
static uint8_t order_plus_1[MAXPAGES];
static struct PageInfo *before[MAXPAGES];
static size_t nfree;

static inline size_t
number(const struct PageInfo *pp)
{
	return pp - pages;
}

static struct Zone *
zone_of(const struct PageInfo *base, size_t n)
{
	const size_t from = number(base);

	for (struct Zone *z = zones; z < ZONES_END; z++)
		if (from >= z->start && from < z->end && n <= z->end - from)
			return z;
	panic("buddy: pages %08x to %08x are not in one zone", page2pa(base),
		page2pa(base + n));
}

static inline bool
is_block(const struct Zone *z, const struct PageInfo *pp, int order)
{
	return number(pp) >= z->start && number(pp) < z->end
		&& order_plus_1[number(pp)] == order + 1;
}

// ------------------------------------------------------- blocks on the list

// The first block on the list that has that order or a larger one, if it is in
// this zone, or is in a later zone.  NULL if there is none.
static inline struct PageInfo *
first_block(const struct Zone *z, int order)
{
	for (; z < ZONES_END; z++, order = 0)
		if (z->orders >> order)
			return z->list[order
				+ __builtin_ctz(z->orders >> order)];
	return NULL;
}

// Put a block at the front of its order.  Its pages are linked.
static void
insert(struct Zone *z, struct PageInfo *pp, int order)
{
	struct PageInfo *const last = pp + (1u << order) - 1;
	struct PageInfo *const next = first_block(z, order);
	struct PageInfo *const prev = next ? before[number(next)]
		: page_list_last;

	*(prev ? &prev->pp_link : &page_free_list) = pp;
	last->pp_link = next;
	*(next ? &before[number(next)] : &page_list_last) = last;
	before[number(pp)] = prev;
	order_plus_1[number(pp)] = order + 1;
	z->list[order] = pp;
	z->orders |= 1u << order;
}

// The first block of that order, pp, is so no more: after it comes `next'.
static inline void
next_is_first(struct Zone *z, struct PageInfo *next, int order)
{
	if (next && is_block(z, next, order)) {
		z->list[order] = next;
	} else {
		z->list[order] = NULL;
		z->orders &= ~(1u << order);
	}
}

static void
take_off(struct Zone *z, struct PageInfo *pp, int order)
{
	struct PageInfo *const last = pp + (1u << order) - 1;
	struct PageInfo *const next = last->pp_link;
	struct PageInfo *const prev = before[number(pp)];

	*(prev ? &prev->pp_link : &page_free_list) = next;
	*(next ? &before[number(next)] : &page_list_last) = prev;
	order_plus_1[number(pp)] = 0;
	if (z->list[order] == pp)
		next_is_first(z, next, order);
}

// Split the first block of an order down to order `to'.  The lists of the
// orders in between are empty, so the parts stay where the block was.
static void
split(struct Zone *z, struct PageInfo *pp, int order, int to)
{
	next_is_first(z, pp[(1u << order) - 1].pp_link, order);
	z->orders |= (1u << order) - (1u << to);
	while (order-- > to) {
		struct PageInfo *const half = pp + (1u << order);

		order_plus_1[number(half)] = order + 1;
		before[number(half)] = half - 1;
		z->list[order] = half;
	}
	order_plus_1[number(pp)] = to + 1;
	z->list[to] = pp;
}

// Merge a block, which is not on the list, with its buddy as long as that is
// free, and put the result on the list.
static inline void
merge(struct Zone *z, struct PageInfo *pp, int order)
{
	for (; order < NORDERS - 1; order++) {
		struct PageInfo *const buddy =
			pages + (number(pp) ^ 1u << order);

		if (!is_block(z, buddy, order))
			break;
		take_off(z, buddy, order);
		if (buddy < pp) {
			buddy[(1u << order) - 1].pp_link = pp;
			pp = buddy;
		} else {
			pp[(1u << order) - 1].pp_link = buddy;
		}
	}
	insert(z, pp, order);
}

// --------------------------------------------------------------- operations

static void
buddy_init(void)
{
	const struct Zone empty[NZONES] = {
		{ .start = 1, .end = PGNUM(MPENTRY_PADDR) },
		{ .start = PGNUM(MPENTRY_PADDR) + 1, .end = npages_basemem },
		{ .start = PGNUM(PADDR(ROUNDUP(envs + NENV, PGSIZE))),
			.end = npages },
	};

	memcpy(zones, empty, sizeof(empty));
	memset(order_plus_1, 0, sizeof(order_plus_1));
	nfree = 0;
}

// The pages are cut into the largest blocks that there can be, from the last.
static void
buddy_free(struct PageInfo *base, size_t n)
{
	struct Zone *const z = zone_of(base, n);

	nfree += n;
	link_run(base, n);
	while (n > 0) {
		const size_t end = number(base) + n;
		int order = 0;

		while (order < NORDERS - 1 && end % (2u << order) == 0
		       && n >= 2u << order)
			order++;
		n -= 1u << order;
		merge(z, base + n, order);
	}
}

// Take a block of 2^order pages off the list.
static struct PageInfo *
take_block(int order)
{
	for (struct Zone *z = zones; z < ZONES_END; z++) {
		if (!(z->orders >> order))
			continue;

		const int larger = order + __builtin_ctz(z->orders >> order);
		struct PageInfo *const pp = z->list[larger];

		if (larger > order)
			split(z, pp, larger, order);
		take_off(z, pp, order);
		nfree -= 1u << order;
		return pp;
	}
	return NULL;
}

// Take n pages off the list: a block, whose pages from the n-th on go back.
static struct PageInfo *
take(size_t n)
{
	int order = 0;

	while (1u << order < n)
		order++;

	struct PageInfo *const pp = take_block(order);
	if (pp && n < 1u << order)
		buddy_free(pp + n, (1u << order) - n);
	return pp;
}

static struct PageInfo *
buddy_alloc(size_t n, int flags)
{
	struct PageInfo *const pp = take(n);

	return pp ? pages_taken(pp, n, flags) : NULL;
}

static size_t
buddy_count(void)
{
	return nfree;
}

// -------------------------------------------------------------------- check

// Check the block that begins with pp, which comes after the page `last', and
// in a zone and order not before those given; which become its own.  Returns
// the last page of the block.
static struct PageInfo *
check_block(struct PageInfo *pp, struct PageInfo *last, struct Zone **z,
	int *order)
{
	struct Zone *const its_zone = zone_of(pp, 1);
	const int its_order = order_plus_1[number(pp)] - 1;
	const uint32_t size = 1u << its_order;

	assert(its_order >= 0 && its_order < NORDERS);
	assert(number(pp) % size == 0 && zone_of(pp, size) == its_zone);
	assert(before[number(pp)] == last);
	assert(its_zone > *z || (its_zone == *z && its_order >= *order));
	if (its_zone != *z || its_order != *order)
		assert(its_zone->list[its_order] == pp
			&& its_zone->orders >> its_order & 1);
	for (struct PageInfo *each = pp; each < pp + size - 1; each++)
		assert(each->pp_link == each + 1
			&& order_plus_1[number(each + 1)] == 0);

	// Free buddies are merged
	const struct PageInfo *buddy = pages + (number(pp) ^ size);
	assert(its_order == NORDERS - 1
		|| !is_block(its_zone, buddy, its_order));
	*z = its_zone;
	*order = its_order;
	return pp + size - 1;
}

static void
check_lists(void)
{
	struct Zone *z = zones;
	struct PageInfo *last = NULL;
	int order = -1;
	size_t n = 0, nlists = 0;

	for (struct PageInfo *pp = page_free_list; pp; pp = last->pp_link) {
		const int old_order = order;
		const struct Zone *const old_zone = z;

		last = check_block(pp, last, &z, &order);
		n += last - pp + 1;
		nlists += z != old_zone || order != old_order;
	}
	assert(last == page_list_last && n == nfree);
	for (z = zones; z < ZONES_END; z++)
		for (order = 0; order < NORDERS; order++)
			nlists -= z->orders >> order & 1;
	assert(nlists == 0);
}

// A block of each order begins at a multiple of its size.  When it is given
// back, the lists become what they were.
static void
check_orders(void)
{
	struct Zone was[NZONES];

	memcpy(was, zones, sizeof(was));
	for (int order = 0; order < NORDERS; order++) {
		struct PageInfo *const pp = take_block(order);

		if (pp == NULL)
			continue;
		assert(number(pp) % (1u << order) == 0);
		buddy_free(pp, 1u << order);
		assert(memcmp(was, zones, sizeof(was)) == 0);
	}
}

static bool
has_order(const struct PageInfo *pp, int order)
{
	return order_plus_1[number(pp)] == order + 1;
}

// Eight free pages, the first in a zone, the others in the next zone: what is
// merged, and what is left when some are taken?
static void
check_eight(struct PageInfo *pp)
{
	const size_t n = number(pp);

	zones[0] = (struct Zone) { .start = n, .end = n + 1 };
	zones[1] = (struct Zone) { .start = n + 1, .end = n + 8 };
	for (int i = 0; i < 8; i++)
		buddy_free(pp + i, 1);
	assert(has_order(pp, 0) && has_order(pp + 1, 0)	// over an edge
		&& has_order(pp + 2, 1) && has_order(pp + 4, 2));
	check_lists();

	assert(take(3) == pp + 4 && has_order(pp + 7, 0));
	assert(take(2) == pp + 2 && take(2) == NULL);
	assert(take(1) == pp && take(1) == pp + 7 && take(1) == pp + 1);
	assert(take(1) == NULL && page_free_list == NULL);

	buddy_free(pp + 3, 5);
	assert(has_order(pp + 3, 0) && has_order(pp + 4, 2));
	assert(take(1) == pp + 3 && take(1) == pp + 4);
	assert(has_order(pp + 5, 0) && has_order(pp + 6, 1));
	assert(take(2) == pp + 6 && take(1) == pp + 5 && nfree == 0);
}

// check_eight, if there are eight pages, while there are no others.
static void
check_steps(void)
{
	struct PageInfo *const pp = take_block(3);

	if (pp == NULL)
		return;

	struct PageInfo *const first = page_free_list;
	struct PageInfo *const last = page_list_last;
	const size_t n = nfree;
	struct Zone was[NZONES];

	memcpy(was, zones, sizeof(was));
	memset(zones, 0, sizeof(zones));
	page_free_list = page_list_last = NULL;
	nfree = 0;
	check_eight(pp);
	memcpy(zones, was, sizeof(zones));
	page_free_list = first;
	page_list_last = last;
	nfree = n;
	buddy_free(pp, 8);
}

static void
buddy_check(void)
{
	check_lists();
	check_orders();
	check_steps();
}

const struct PageManager buddy_manager = {
	.name = "buddy",
	.max_pages = MAX_BLOCK,
	.init = buddy_init,
	.page_init = buddy_free,
	.alloc_pages = buddy_alloc,
	.free_pages = buddy_free,
	.nr_free_pages = buddy_count,
	.check = buddy_check,
};

static void
buddy_boot(void)
{
	pmm_use(&buddy_manager);
}

EXTENSION(buddy, .boot = buddy_boot, .syscall = pmm_syscall);
