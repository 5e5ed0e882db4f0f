// kern/pagecall.c - system calls about pages, besides those of the labs: to map
// many at once, to copy one, to wait until a shared one changes, and to ask
// whether an environment has one mapped.
//
// With the labs' calls alone, fork and its handler of page faults make several
// calls for each page.  With these, fork makes one for all pages, and the
// handler one for a fault.
//
// Entry points: the functions that have the names of calls.

#include <inc/assert.h>
#include <inc/error.h>
#include <inc/string.h>
#include <inc/syscall.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/env.h>
#include <kern/longcall.h>
#include <kern/pagecall.h>
#include <kern/pmap.h>
#include <kern/sleep.h>
#include <kern/usermem.h>

// ----------------------------------------------------- mapping runs of pages

// Is va the start of npages pages that a program may map?
static bool
user_pages(const void *va, size_t npages)
{
	return user_page(va) && npages <= (UTOP - (uintptr_t) va) / PGSIZE;
}

// Map the pages of n entries of one page table, of which `from` is the last,
// in those of another, whose last is `to`, for va.  With `both`, the entries
// of the first table get the permissions, too.
// Returns 0; -E_INVAL: nothing there, or read-only and perm wants to write;
// -E_NO_MEM: a page has as many references as can be counted.
static int
map_entries(pte_t *from, pte_t *to, size_t n, pde_t *to_pgdir, char *va,
	int perm, bool both)
{
	const pte_t need = PTE_P | (perm & PTE_W);
	const pte_t *const stop = from - n, *const last = to;

	for (; from > stop; from--, to--) {
		const pte_t pte = *from, entry = PTE_ADDR(pte) | perm;
		int r;

		if ((pte & need) != need)
			return -E_INVAL;

		if (!(*to & PTE_P)) {
			struct PageInfo *pp = pa2page(pte);

			if (pp->pp_ref == PP_REF_MAX)
				return -E_NO_MEM;
			pp->pp_ref++;
		} else if (PTE_ADDR(*to) != PTE_ADDR(pte)
			   && (r = page_insert(to_pgdir, pa2page(pte),
				va - (last - to) * PGSIZE, perm)) < 0)
			return r;
		*to = entry;
		if (both)
			*from = entry;
	}
	return 0;
}

// Map a run of pages of one address space in another, from its last page down.
// Page tables are looked up once for all their entries.  The caller calls
// flush_mappings after.
// Returns 0, or an error of map_entries; -E_INVAL also if the run is too long,
// or an address or perm is bad; -E_NO_MEM also if there is no memory for a page
// table.
static int
map_run(pde_t *from, pde_t *to, const struct PageRun *run)
{
	size_t n = run->npages;
	int r = 0;

	if (n > MAXRUN || !user_pages(run->srcva, n)
	    || !user_pages(run->dstva, n) || !user_perm(run->perm))
		return -E_INVAL;
	while (r == 0 && n > 0) {
		char *src = (char *) run->srcva + (n - 1) * PGSIZE;
		char *dst = (char *) run->dstva + (n - 1) * PGSIZE;
		pte_t *src_pte = page_entry(from, src), *dst_pte;

		if (!src_pte || !(*src_pte & PTE_P))
			return -E_INVAL;
		if (!(dst_pte = pgdir_walk(to, dst, 1)))
			return -E_NO_MEM;

		// Down to the end of whichever page table ends first
		const size_t here = MIN(MIN(PTX(src), PTX(dst)) + 1, n);

		r = map_entries(src_pte, dst_pte, here, to, dst, run->perm,
			run->both);
		n -= here;
	}
	return r;
}

// Flush the TLB of each CPU that has this address space loaded.
static void
flush_mappings(pde_t *pgdir)
{
	if (rcr3() == PADDR(pgdir))
		tlbflush();
	tlb_shootdown(pgdir, NULL);
}

// The most runs that one call maps; fewer if they are long.
#define MAXRUNS		64

// Map pages of curenv in another environment, as the n runs of a list say: one
// run after the other, and each from its last page down.  Returns how many runs
// were mapped; if that is fewer than n, the program calls again for the rest.
// If a page cannot be mapped, the pages before it in this order are, and the
// result is an error of map_run; -E_BAD_ENV.  Ends curenv if it may not read
// the list.
int
sys_page_map_list(envid_t dstid, const struct PageRun *list, size_t n)
{
	struct Env *src = curenv, *dst = env_of(dstid, true);
	size_t done = 0, pages = 0;
	int r = 0;

	n = MIN(n, (size_t) MAXRUNS);
	user_mem_assert(src, list, n * sizeof(*list), PTE_U);
	if (!dst)
		return -E_BAD_ENV;
	while (r == 0 && done < n && pages < MAXRUN) {
		struct PageRun run;

		memcpy(&run, list + done, sizeof(run));	// need not be aligned
		if ((r = map_run(src->env_pgdir, dst->env_pgdir, &run)) == 0) {
			pages += run.npages;
			done++;
		}
	}
	flush_mappings(src->env_pgdir);
	if (dst != src)
		flush_mappings(dst->env_pgdir);
	return r < 0 ? r : (int) done;
}

// ------------------------------------------------------------------- copying

// Map a copy of curenv's page at srcva at dstva of an environment.  If that is
// curenv and dstva is srcva, the copy replaces the page, with these
// permissions; and if the page has no other mapping, only its permissions
// change.
// Returns 0; -E_BAD_ENV; -E_INVAL: bad address or bits, or nothing there;
// -E_NO_MEM.
int
sys_page_copy(void *srcva, envid_t dstid, void *dstva, int perm)
{
	struct Env *src = curenv, *dst = env_of(dstid, true);
	pte_t *pte;
	int r;

	if (!dst)
		return -E_BAD_ENV;
	if (!user_page(srcva) || !user_page(dstva) || !user_perm(perm)
	    || !(pte = page_entry(src->env_pgdir, srcva)) || !(*pte & PTE_P))
		return -E_INVAL;

	const bool in_place = dst == src && dstva == srcva;
	struct PageInfo *pp = pa2page(*pte), *copy;

	if (in_place && pp->pp_ref == 1) {
		*pte = PTE_ADDR(*pte) | perm;
		tlb_invalidate(src->env_pgdir, srcva);
		return 0;
	}
	if (!(copy = page_alloc(0)))
		return -E_NO_MEM;
	memcpy(page2kva(copy), page2kva(pp), PGSIZE);
	if (!in_place) {
		if ((r = page_insert(dst->env_pgdir, copy, dstva, perm)) < 0)
			page_free(copy);
		return r;
	}
	copy->pp_ref++;
	*pte = page2pa(copy) | perm;
	tlb_invalidate(src->env_pgdir, srcva);
	page_decref(pp);
	return 0;
}

// ------------------------------------------------------ waiting, and asking

// Sleep until a program calls sys_page_wake for the page that has this word, or
// a mapping of the page goes away.  So that neither is missed, the program
// passes what it has seen: the value of the word, and how many mappings the
// page has (pp_ref).  If either has changed, do not sleep.
// Returns 0, perhaps spuriously; -E_INVAL: bad word, or no page is there.
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

// Wake all that sleep on curenv's page at va (sys_page_wait).  Returns 0;
// -E_INVAL: bad va, or no page is there.
int
sys_page_wake(void *va)
{
	struct PageInfo *pp;

	if (!user_page(va) || !(pp = page_lookup(curenv->env_pgdir, va, NULL)))
		return -E_INVAL;
	wakeup(pp);
	return 0;
}

// How many page tables a slice of sys_page_held searches
#define TABLES_SEARCHED	16

// Returns the page number of an address where e maps pp, or 0 if there is none;
// page 0 does not count.  Searches the directory downward from *pdx, since file
// descriptors are high, and sets *pdx to where the next slice goes on, or to 0
// at the end.
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

// Does envid map curenv's page at va, at any address?  Looks at guess first.
// Returns the page number of that address, or 0; -E_BAD_ENV; -E_INVAL: bad va,
// or curenv has no page there.
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
