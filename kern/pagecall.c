// kern/pagecall.c - system calls about pages, besides those of the labs: many at
// once, copies, and what others do with a page that is shared.
//
// Entry points: the functions that have the names of calls.

#include <inc/assert.h>
#include <inc/error.h>
#include <inc/string.h>
#include <inc/syscall.h>

#include <kern/env.h>
#include <kern/longcall.h>
#include <kern/pagecall.h>
#include <kern/pagemap.h>
#include <kern/pmap.h>
#include <kern/sleep.h>
#include <kern/usermem.h>

// -------------------------------------------------------- many, and copies

// Is this the start of so many pages that a program may map?
static bool
user_pages(const void *va, size_t npages)
{
	return user_page(va) && npages <= (UTOP - (uintptr_t) va) / PGSIZE;
}

static bool
user_run(const struct PageRun *run)
{
	return run->npages <= MAXRUN && user_pages(run->srcva, run->npages)
		&& user_pages(run->dstva, run->npages) && user_perm(run->perm);
}

// So many runs are looked at before others get a turn; fewer if they are long.
#define MAXRUNS		64

static int
map_list(pde_t *src, pde_t *dst, const struct PageRun *list, size_t n)
{
	size_t done = 0, pages = 0;
	int r;

	for (; done < n && pages < MAXRUN; done++) {
		struct PageRun run;

		memcpy(&run, list + done, sizeof(run));	// need not be aligned
		if (!user_run(&run))
			return -E_INVAL;
		if ((r = page_map_run(src, dst, &run)) < 0)
			return r;
		pages += run.npages;
	}
	return done;
}

// Map our pages in another environment, as the n runs of a list say: one run
// after the other, and each from its last page down.  Returns how many runs
// were mapped, fewer than n if they are many; then the caller asks again.
// If one cannot be mapped, what comes before it in this order is, and the
// result is -E_BAD_ENV; -E_INVAL: as page_to_share, bad dstva, or too long; or
// -E_NO_MEM.  Ends the caller if it may not read the list.
int
sys_page_map_list(envid_t dstid, const struct PageRun *list, size_t n)
{
	struct Env *src = curenv, *dst = env_of(dstid, true);
	int r;

	n = MIN(n, (size_t) MAXRUNS);
	user_mem_assert(src, list, n * sizeof(*list), PTE_U);
	if (!dst)
		return -E_BAD_ENV;
	r = map_list(src->env_pgdir, dst->env_pgdir, list, n);
	page_maps_flush(src->env_pgdir);
	if (dst != src)
		page_maps_flush(dst->env_pgdir);
	return r;
}

// Map a copy of our page at srcva at dstva of another environment.  In place,
// dst being us and dstva srcva, the page becomes ours alone, with these
// permissions; it is copied only if others have it, too.
// Returns 0; -E_BAD_ENV; -E_INVAL: bad address or bits, or nothing there;
// -E_NO_MEM.
int
sys_page_copy(void *srcva, envid_t dstid, void *dstva, int perm)
{
	struct Env *src = curenv, *dst = env_of(dstid, true);
	pte_t *pte;

	if (!dst)
		return -E_BAD_ENV;
	if (!user_page(srcva) || !user_page(dstva) || !user_perm(perm)
	    || !(pte = page_entry(src->env_pgdir, srcva)) || !(*pte & PTE_P))
		return -E_INVAL;

	struct PageInfo *pp = pa2page(*pte);

	if (dst != src || dstva != srcva)
		return page_insert_copy(dst->env_pgdir, pp, dstva, perm);
	if (pp->pp_ref > 1)
		return page_replace_by_copy(src->env_pgdir, srcva, pte, perm);
	*pte = PTE_ADDR(*pte) | perm;
	tlb_invalidate(src->env_pgdir, srcva);
	return 0;
}

// ------------------------------------------------------ waiting, and asking

// Sleep until somebody who has this page of ours, too, calls sys_page_wake, or a
// mapping of it goes away.  So that neither is missed, we say what we have
// seen: a value in the page, and how many mappings there are (pp_ref).  If that
// is not so any more, do not sleep.
// Returns 0, perhaps too early; -E_INVAL: no word of a page that is there.
int
sys_page_wait(const uint32_t *word, uint32_t value, uint32_t mappings)
{
	struct PageInfo *pp;

	if ((uintptr_t) word >= UTOP || (uintptr_t) word % sizeof(*word) != 0
	    || !(pp = page_lookup(curenv->env_pgdir, (void *) word, NULL)))
		return -E_INVAL;

	const char *page = page2kva(pp);

	if (*(const volatile uint32_t *) (page + PGOFF(word)) == value
	    && pp->pp_ref == mappings)
		sleep_on(curenv, pp);
	return 0;
}

// Wake those who sleep so over the page at va.  Returns 0; -E_INVAL: bad va, or
// nothing there.
int
sys_page_wake(void *va)
{
	struct PageInfo *pp;

	if (!user_page(va) || !(pp = page_lookup(curenv->env_pgdir, va, NULL)))
		return -E_INVAL;
	wakeup(pp);
	return 0;
}

// So many of somebody's page tables are searched before others get a turn.
#define TABLES_SEARCHED	16

// The number of a page of e that is pp, or 0: page 0 does not count.  Looks from
// *pdx, which is UTOP's or below, down, for descriptors lie high, and leaves it
// where to go on; 0 if there is no more to look at.
static uint32_t
find_mapping(struct Env *e, const struct PageInfo *pp, uint32_t *pdx)
{
	int tables = TABLES_SEARCHED;

	while (*pdx > 0 && tables > 0) {
		const pde_t pde = e->env_pgdir[--*pdx];

		if (!(pde & PTE_P))
			continue;
		tables--;

		const pte_t *table = KADDR(PTE_ADDR(pde));

		for (uint32_t ptx = 0; ptx < NPTENTRIES; ptx++)
			if ((table[ptx] & PTE_P)
			    && PTE_ADDR(table[ptx]) == page2pa(pp))
				return *pdx * NPTENTRIES + ptx;
	}
	return 0;
}

// Is the page that we have at va also mapped in envid, wherever that be?
// Looks at guess first.
// Returns the number of the page there that it is, or 0; -E_BAD_ENV; -E_INVAL:
// bad va, or nothing there.
int
sys_page_held(envid_t envid, void *va, void *guess)
{
	struct Env *e = env_of(envid, false);
	struct PageInfo *pp;

	if (!e)
		return -E_BAD_ENV;
	if (!user_page(va) || !(pp = page_lookup(curenv->env_pgdir, va, NULL)))
		return -E_INVAL;
	if (guess && user_page(guess)
	    && page_lookup(e->env_pgdir, guess, NULL) == pp)
		return PGNUM(guess);

	uint32_t pdx = PDX(UTOP) - longcall_done();
	const uint32_t found = find_mapping(e, pp, &pdx);

	if (found || pdx == 0)
		return found;
	return longcall_again(PDX(UTOP) - pdx);
}
