// ext/bigpages/bigpages.c - pages of 4 MiB for physical memory at KERNBASE.
//
// A directory entry with PTE_PS is not about a page table: it maps 4 MiB
// itself, if the processor can do that (CPUID says so) and CR4_PSE is on (SDM
// 3A, 4.3).  Then the window at KERNBASE needs no page tables, and one entry of
// the TLB instead of 1024.
//
// The kernel itself keeps its small pages: some are read-only, and some must
// not be there at all.  All processors load directories that have large pages,
// the kernel's and those of all programs, so each turns CR4_PSE on before.
//
// Replaces boot_map_region, which makes the entries, and pgdir_walk and
// page_lookup, which find them.  Programs have none below UTOP.

#include <inc/assert.h>
#include <inc/mmu.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/ext.h>
#include <kern/pmap.h>

#define CPUID_1_EDX_PSE		(1 << 3)

#define LARGE			(PTE_P | PTE_PS)

// With SAN=1, the kernel has this function, and unmaps each free page: those
// must be small.
extern void __ubsan_handle_builtin_unreachable(void) __attribute__((weak));

// kern/pmap.c's boot_map_region, which is static
extern void (*const contract_boot_map_region)(pde_t *pgdir, uintptr_t va,
	size_t size, physaddr_t pa, int perm);

static bool
is_large(pde_t pde)
{
	return (pde & LARGE) == LARGE;
}

// Returns the entry that decides about va: that of the page table, or, where
// there are 4 MiB in one page, that of the directory.  Otherwise as pgdir_walk.
static pte_t *
walk(pde_t *pgdir, const void *va, int create)
{
	pde_t *const pde = &pgdir[PDX(va)];
	struct PageInfo *pp;

	if (is_large(*pde))
		return pde;
	if (!(*pde & PTE_P)) {
		if (!create || !(pp = page_table_alloc()))
			return NULL;
		pp->pp_ref++;
		*pde = page2pa(pp) | PTE_P | PTE_W | PTE_U;
	}
	return (pte_t *) KADDR(PTE_ADDR(*pde)) + PTX(va);
}

// As page_lookup: the page of 4 KiB that is at va, in whatever page.
static struct PageInfo *
lookup(pde_t *pgdir, void *va, pte_t **pte_store)
{
	pte_t *const pte = walk(pgdir, va, 0);

	if (pte == NULL || !(*pte & PTE_P))
		return NULL;
	if (pte_store)
		*pte_store = pte;
	if (is_large(pgdir[PDX(va)]))
		return pa2page(ROUNDDOWN(*pte, PTSIZE) + PTX(va) * PGSIZE);
	return pa2page(*pte);
}

// As boot_map_region, in kern_pgdir with the largest pages that there can be.
// From KERNBASE on, everything there is mapped for ever.
static void
map_region(pde_t *pgdir, uintptr_t va, size_t size, physaddr_t pa, int perm)
{
	const uintptr_t kernel_end = ROUNDUP((uintptr_t) end, PTSIZE);

	assert((va | size | pa) % PGSIZE == 0);
	while (size > 0) {
		// How much of this directory entry?
		const size_t n = MIN(size, PTSIZE - va % PTSIZE);

		if (n == PTSIZE && pa % PTSIZE == 0 && va >= kernel_end
		    && pgdir == kern_pgdir) {
			pgdir[PDX(va)] = pa | perm | LARGE;
		} else {
			pte_t *const pte = walk(pgdir, (void *) va, 1);

			if (pte == NULL)
				panic("boot_map_region: no memory for a page "
					"table");
			for (size_t done = 0; done < n; done += PGSIZE)
				pte[done / PGSIZE] = (pa + done) | perm | PTE_P;
		}
		va += n;
		pa += n;
		size -= n;
	}
}

static bool
can_be_used(void)
{
	return (cpu_features() & CPUID_1_EDX_PSE)
		&& !__ubsan_handle_builtin_unreachable;
}

// Before this processor loads kern_pgdir
static void
bigpages_paging(void)
{
	if (can_be_used())
		lcr4(rcr4() | CR4_PSE);
}

static void
bigpages_boot(void)
{
	if (!can_be_used())
		return;
	bigpages_paging();
	ext_replace(contract_boot_map_region, map_region);
	ext_replace(pgdir_walk, walk);
	ext_replace(page_lookup, lookup);
}

EXTENSION(bigpages, .boot = bigpages_boot, .paging = bigpages_paging);
