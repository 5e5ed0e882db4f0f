// kern/pagemap.c - runs of pages, and copies of pages.
//
// What fork does to all pages of a program, and the handler of its page faults
// to one of them, could be done with page_alloc and page_insert page by page.
// Here it takes one call, no page is filled twice, and page tables are looked
// up once for as long as the pages of a run are in them.
//
// Entry points: page_map_run, page_maps_flush; page_insert_copy,
// page_replace_by_copy.  Under the kernel lock.

#include <inc/error.h>
#include <inc/string.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/pagemap.h>
#include <kern/pmap.h>

// Map the pages of n entries of one page table, of which `from` is the last,
// in those of another, whose last is `to`, for va; with `both`, so that `from`
// has the same permissions.  Returns 0; -E_INVAL: nothing there, or read-only
// and perm wants to write; -E_NO_MEM: a page has as many references as can be
// counted.
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

// Map a run of pages of one address space in another, or the same, from its
// last page down.  The caller has checked the addresses and the permissions, and
// calls page_maps_flush after.  Returns 0, or what map_entries says; -E_NO_MEM
// also if there is no memory for a page table.
int
page_map_run(pde_t *from, pde_t *to, const struct PageRun *run)
{
	size_t n = run->npages;
	int r = 0;

	while (r == 0 && n > 0) {
		char *src = (char *) run->srcva + (n - 1) * PGSIZE;
		char *dst = (char *) run->dstva + (n - 1) * PGSIZE;
		pte_t *src_pte = page_entry(from, src);
		pte_t *dst_pte;

		if (!src_pte || !(*src_pte & PTE_P))
			return -E_INVAL;
		if (!(dst_pte = pgdir_walk(to, dst, 1)))
			return -E_NO_MEM;

		// As far down as both are in these tables
		const size_t here = MIN(MIN(PTX(src), PTX(dst)) + 1, n);

		r = map_entries(src_pte, dst_pte, here, to, dst, run->perm,
			run->both);
		n -= here;
	}
	return r;
}

// See to it that no processor goes on with the permissions that pages of this
// address space had.
void
page_maps_flush(pde_t *pgdir)
{
	if (rcr3() == PADDR(pgdir))
		tlbflush();
	tlb_shootdown(pgdir, NULL);
}

static inline struct PageInfo *
page_copy(const struct PageInfo *pp)
{
	struct PageInfo *copy = page_alloc(0);

	if (copy)
		memcpy(page2kva(copy), page2kva(pp), PGSIZE);
	return copy;
}

// Map a copy of page pp at va, in place of what was there.
// Returns 0, or -E_NO_MEM with nothing changed.
int
page_insert_copy(pde_t *pgdir, struct PageInfo *pp, void *va, int perm)
{
	struct PageInfo *copy = page_copy(pp);
	int r;

	if (!copy)
		return -E_NO_MEM;
	if ((r = page_insert(pgdir, copy, va, perm)) < 0)
		page_free(copy);
	return r;
}

// Put a copy in place of the page that is at va, where *pte is the entry.
// Returns 0, or -E_NO_MEM with nothing changed.
int
page_replace_by_copy(pde_t *pgdir, void *va, pte_t *pte, int perm)
{
	struct PageInfo *pp = pa2page(*pte), *copy = page_copy(pp);

	if (!copy)
		return -E_NO_MEM;
	copy->pp_ref++;
	*pte = page2pa(copy) | perm;
	tlb_invalidate(pgdir, va);
	page_decref(pp);
	return 0;
}
