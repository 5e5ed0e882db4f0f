// ext/pmm/stress.c - system calls that try a page manager.
//
// SYS_page_alloc_run gives a program pages side by side.  SYS_pmm has the
// kernel allocate and free as no program can, and compare with its own account
// of which pages are free.  A fault of the manager is a panic.
//
// Entry point: pmm_syscall.

#include <inc/assert.h>
#include <inc/error.h>
#include <inc/memlayout.h>
#include <inc/string.h>

#include <kern/cpu.h>
#include <kern/debug/random.h>
#include <kern/env.h>
#include <kern/pmap.h>
#include <kern/usermem.h>

#include <ext/calls.h>
#include <ext/pmm/calls.h>
#include <ext/pmm/pmm.h>

#define UNUSED __attribute__((unused))

// ------------------------------------------------ our account of what is free

static uint32_t shadow[MAXPAGES / 32];	// a bit for each page that is free
static size_t nshadow;			// how many bits are set

static bool
shadow_is_free(const struct PageInfo *pp)
{
	return shadow[(pp - pages) / 32] >> (pp - pages) % 32 & 1;
}

// Pages base to base + n - 1 become free, or not free; they must not be so yet.
static void
shadow_set(const struct PageInfo *base, size_t n, bool free)
{
	for (const struct PageInfo *pp = base; pp < base + n; pp++) {
		assert(is_page_info(pp) && shadow_is_free(pp) != free);
		assert(pp->pp_link == NULL && pp->pp_ref == 0);
		shadow[(pp - pages) / 32] ^= 1u << (pp - pages) % 32;
	}
	nshadow += free ? n : -n;
}

static void
shadow_read(void)
{
	const struct PageInfo *const lists[] = { page_free_list, zeroed_tables };

	memset(shadow, 0, sizeof(shadow));
	nshadow = 0;
	for (int i = 0; i < 2; i++)
		for (const struct PageInfo *pp = lists[i]; pp; pp = pp->pp_link) {
			shadow[(pp - pages) / 32] |= 1u << (pp - pages) % 32;
			nshadow++;
		}
}

static void
shadow_compare(void)
{
	size_t n = 0;

	for (struct PageInfo *pp = page_free_list; pp; pp = pp->pp_link, n++)
		assert(n < nshadow && shadow_is_free(pp));
	assert(nr_free_pages() == n);
	for (struct PageInfo *pp = zeroed_tables; pp; pp = pp->pp_link, n++)
		assert(n < nshadow && shadow_is_free(pp));
	assert(n == nshadow && page_free_count() == n);
	page_manager->check();
}

// The lowest n free pages side by side, of which the first has a number that
// `align' divides; NULL if there are none.
static struct PageInfo *
shadow_find(size_t n, size_t align)
{
	size_t found = 0;

	for (size_t i = 0; i < npages; i++) {
		if (i % 32 == 0 && shadow[i / 32] == 0) {
			i += 31;
			found = 0;
		} else if (!shadow_is_free(&pages[i])) {
			found = 0;
		} else if (found > 0 || i % align == 0) {
			if (++found == n)
				return &pages[i + 1 - n];
		}
	}
	return NULL;
}

// Is pp what the manager has to find for n pages?  First fit finds the lowest;
// buddy, a whole block, if there is one.
static bool
shadow_agrees(const struct PageInfo *pp, size_t n)
{
	size_t block = 1;

	if (page_manager == &firstfit_manager)
		return pp == shadow_find(n, 1);
	while (block < n)
		block *= 2;
	return pp ? (pp - pages) % block == 0 && shadow_find(n, 1)
		: !shadow_find(block, block);
}

// -------------------------------------------------------------------- stress

#define ROUNDS		3000
#define COMPARE_EVERY	500
#define NHELD		100

static uint32_t state;			// of random_next

static size_t
random_below(size_t n)
{
	return random_next(&state) % n;
}

static struct PageInfo *
stress_alloc(size_t n)
{
	struct PageInfo *const pp = alloc_pages(n, 0);

	if (pp)
		shadow_set(pp, n, false);
	return pp;
}

static void
stress_free(struct PageInfo *base, size_t n)
{
	if (n == 0)
		return;
	shadow_set(base, n, true);
	free_pages(base, n);
}

// stress_alloc, if the manager has all free pages
static struct PageInfo *
judged_alloc(size_t n)
{
	struct PageInfo *const pp = alloc_pages(n, 0);

	assert(shadow_agrees(pp, n));
	if (pp)
		shadow_set(pp, n, false);
	return pp;
}

// Have the manager get the pages that are kept as page tables.
static void
free_tables(void)
{
	struct PageInfo *table;

	while (zeroed_tables && (table = page_table_alloc()))
		free_page(table);
}

// Sizes are small more often than large; a run is freed in two parts.
static void
stress(void)
{
	static struct {
		struct PageInfo *base;
		size_t n;
	} held[NHELD];
	const size_t max = MIN(page_manager->max_pages, (size_t) 1024);
	const int orders = 32 - __builtin_clz(max);

	free_tables();
	shadow_read();
	const size_t n_before = nshadow;
	for (int round = 0; round < ROUNDS + NHELD; round++) {
		const bool last = round >= ROUNDS;
		const size_t i = last ? (size_t) round - ROUNDS
			: random_below(NHELD);

		if (held[i].base) {
			const size_t n = random_below(held[i].n + 1);

			stress_free(held[i].base + n, held[i].n - n);
			stress_free(held[i].base, n);
			held[i].base = NULL;
		} else if (!last) {
			held[i].n = 1 + random_below(MIN(max,
				(size_t) 1 << random_below(orders)));
			held[i].base = judged_alloc(held[i].n);
		}
		if (round % COMPARE_EVERY == 0)
			shadow_compare();
	}
	shadow_compare();
	assert(nshadow == n_before);
}

// The largest power of two of pages side by side
static size_t
largest_run(void)
{
	for (size_t n = 1u << 10; n > 0; n /= 2) {
		struct PageInfo *const pp = alloc_pages(n, 0);

		if (pp == NULL)
			continue;
		free_pages(pp, n);
		return n;
	}
	return 0;
}

// Allocate all pages, one by one, and free those with odd numbers: half of the
// memory is free, and no two pages side by side are.  Then free the others: all
// must be as before.  Pages that are allocated link to each other; they must
// not do so when they are freed.
static void
exhaust(void)
{
	struct PageInfo *taken = NULL, *even = NULL, *pp, *next;

	// At least one of the free pages is kept as a page table
	if ((pp = page_table_alloc())) {
		pp->pp_ref++;
		page_table_free(pp);
	}
	shadow_read();
	const size_t n_before = nshadow, run = largest_run();
	while ((pp = stress_alloc(1))) {
		pp->pp_link = taken;
		taken = pp;
	}
	assert(nshadow == 0 && nr_free_pages() == 0 && largest_run() == 0);
	shadow_compare();

	for (pp = taken; pp; pp = next) {
		next = pp->pp_link;
		pp->pp_link = NULL;
		if ((pp - pages) % 2) {
			stress_free(pp, 1);
		} else {
			pp->pp_link = even;
			even = pp;
		}
	}
	shadow_compare();
	assert(largest_run() == 1);

	for (pp = even; pp; pp = next) {
		next = pp->pp_link;
		pp->pp_link = NULL;
		stress_free(pp, 1);
	}
	shadow_compare();
	assert(nshadow == n_before && largest_run() == run);
}

// An object holds its size in all bytes, until it is freed.
static void
stress_kmalloc(void)
{
	static struct {
		uint8_t *p;
		size_t n;
	} held[NHELD];
	const size_t n_before = nr_free_pages();

	for (int round = 0; round < ROUNDS + NHELD; round++) {
		const bool last = round >= ROUNDS;
		const size_t i = last ? (size_t) round - ROUNDS
			: random_below(NHELD);
		uint8_t *p = held[i].p;

		if (p) {
			for (size_t j = 0; j < held[i].n; j++)
				assert(p[j] == (uint8_t) held[i].n);
			kfree(p);
			held[i].p = NULL;
		} else if (!last) {
			held[i].n = random_below(1u << random_below(14));
			held[i].p = p = kmalloc(held[i].n);
			assert((uintptr_t) p % 16 == 0);
			assert(p || (page_manager->max_pages == 1
				&& held[i].n > 1024));
			if (p)
				memset(p, held[i].n, held[i].n);
		}
	}
	assert(nr_free_pages() == n_before);
}

// ------------------------------------------------------------------ mistakes

// Pages that never are free: they bound the buddy system's zones.
static struct PageInfo *
bound(uint32_t i)
{
	struct PageInfo *const all[] = {
		pages, pa2page(MPENTRY_PADDR), pages + npages_basemem,
		pa2page(PADDR(ROUNDUP(envs + NENV, PGSIZE)) - PGSIZE),
		pages + npages,
	};

	return all[i % ARRAY_SIZE(all)];
}

static int
mistake(uint32_t op, uint32_t arg)
{
	struct PageInfo *const pp = alloc_pages(page_manager->max_pages == 1
		? 1 : 4, 0);
	void *const p = kmalloc(100);

	switch (op) {
	case PMM_FREE_TWICE:
		free_page(pp);
		free_page(pp);
		return 0;
	case PMM_FREE_PART_TWICE:
		free_pages(pp, 4);
		free_pages(pp + 2, 1);
		return 0;
	case PMM_FREE_USED:
		pp->pp_ref++;
		free_pages(pp, 1);
		return 0;
	case PMM_FREE_BOUND:
		page_manager->free_pages(bound(arg), 1);
		return 0;
	case PMM_FREE_LAST:
		free_pages(page_list_last, 1);
		return 0;
	case PMM_KFREE_TWICE:
		kfree(kmalloc(100));
		kfree(p);
		kfree(p);
		return 0;
	case PMM_KFREE_OTHER:
		kfree((char *) p + 16);
		return 0;
	default:
		return -E_INVAL;
	}
}

// -------------------------------------------------------------- system calls

// Map n new pages, side by side in memory, at va: readable and writable, filled
// with zeros.  Returns 0; -E_INVAL: va or n is bad, or something is mapped
// there; -E_NO_MEM: no such run, or no memory for a page table.
static int
sys_page_alloc_run(char *va, size_t n)
{
	struct PageInfo *pp;
	size_t i = 0;
	int r = 0;

	if (!user_page(va) || n == 0 || n > (UTOP - (uintptr_t) va) / PGSIZE)
		return -E_INVAL;
	for (i = 0; i < n; i++)
		if (page_lookup(curenv->env_pgdir, va + i * PGSIZE, NULL))
			return -E_INVAL;
	if (!(pp = alloc_pages(n, ALLOC_ZERO)))
		return -E_NO_MEM;
	for (i = 0; i < n; i++)
		if ((r = page_insert(curenv->env_pgdir, pp + i,
				va + i * PGSIZE, PTE_U | PTE_W)) < 0)
			break;
	if (r < 0) {
		free_pages(pp + i, n - i);
		while (i-- > 0)
			page_remove(curenv->env_pgdir, va + i * PGSIZE);
	}
	return r;
}

static int
sys_pmm(uint32_t op, uint32_t arg)
{
	state = random_begin(arg, 1);
	switch (op) {
	case PMM_COUNT:
		return nr_free_pages();
	case PMM_MAX_PAGES:
		return page_manager->max_pages;
	case PMM_STRESS:
		stress();
		return 0;
	case PMM_EXHAUST:
		exhaust();
		return 0;
	case PMM_KMALLOC:
		stress_kmalloc();
		return 0;
	default:
		return mistake(op, arg);
	}
}

bool
pmm_syscall(uint32_t number, uint32_t a1, uint32_t a2, uint32_t a3 UNUSED,
	uint32_t a4 UNUSED, uint32_t a5 UNUSED, int32_t *result)
{
	switch (number) {
	case SYS_page_alloc_run:
		*result = sys_page_alloc_run((char *) a1, a2);
		return true;
	case SYS_pmm:
		*result = sys_pmm(a1, a2);
		return true;
	default:
		return false;
	}
}
