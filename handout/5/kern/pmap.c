// kern/pmap.c - physical pages, and page tables.
//
// pages[] has a struct PageInfo for each physical page.  A page is either
// free (on page_free_list, pp_ref 0) or in use (pp_ref counts its mappings).
//
// An address space is a page directory and the page tables it names; the
// processor looks up an address in two steps (inc/mmu.h).  mem_init builds
// the kernel's, kern_pgdir.  Entry UVPT of a directory is the directory itself:
// there its owner can read all of its page tables as one array.
//
// Until mem_init loads kern_pgdir, the processor uses entry_pgdir
// (kern/entrypgdir.S), which maps only the first ENTRYMAPSIZE bytes of memory.
// So boot_alloc stays below that, and check_page_free_list puts pages below it
// first on the free list.

void
mem_init(void)
{
	i386_detect_memory();

	kern_pgdir = boot_alloc(PGSIZE);
	memset(kern_pgdir, 0, PGSIZE);
	kern_pgdir[PDX(UVPT)] = PADDR(kern_pgdir) | PTE_U | PTE_P;

	const size_t pages_size = ROUNDUP(npages * sizeof(*pages), PGSIZE);
	pages = boot_alloc(pages_size);
	memset(pages, 0, pages_size);

	const size_t envs_size = ROUNDUP(NENV * sizeof(*envs), PGSIZE);
	envs = boot_alloc(envs_size);
	memset(envs, 0, envs_size);

	page_init();
	check_page_free_list(true);
	check_page_alloc();
	check_page();

	boot_map_region(kern_pgdir, UPAGES, pages_size, PADDR(pages), PTE_U);

	boot_map_region(kern_pgdir, UENVS, envs_size, PADDR(envs), PTE_U);

	boot_map_region(kern_pgdir, KERNBASE, MAXPHYSMEM, 0, PTE_W);

	mem_init_mp();
	check_kern_pgdir();

	// kern_pgdir, too, maps the kernel at KERNBASE: the code goes on
	lcr3(PADDR(kern_pgdir));
	check_page_free_list(false);

	// WP: PTE_W holds for the kernel as well.
	lcr0((rcr0() | CR0_PE | CR0_WP | CR0_NE | CR0_AM | CR0_PG)
		& ~(CR0_EM | CR0_TS));

	check_page_installed_pgdir();
}

// Mark the physical pages that are in use, and put all others on the free list.
// pages[] is zeroed.
void
page_init(void)
{
	const size_t kernel_end = PGNUM(PADDR(boot_alloc(0)));

	page_free_list = NULL;
	for (size_t i = npages; i-- > 0; ) {
		struct PageInfo *pp = &pages[i];
		bool in_use = i == 0
			|| (i >= npages_basemem && i < kernel_end);

		in_use |= i == PGNUM(MPENTRY_PADDR);	// other CPUs start there
		if (in_use) {
			pp->pp_ref = 1;
			continue;
		}
		pp->pp_link = page_free_list;
		page_free_list = pp;
	}
}

// Take a page off the free list; NULL if there is none.  If flags has
// ALLOC_ZERO, the page is filled with zeros.  Its pp_ref is 0: the caller or
// page_insert counts the first reference.  Its pp_link is NULL, by which
// page_free can tell that it is not free.
struct PageInfo *
page_alloc(int flags)
{
	struct PageInfo *pp = page_free_list;

	if (pp == NULL)
		return NULL;
	page_free_list = pp->pp_link;
	pp->pp_link = NULL;
	if (flags & ALLOC_ZERO)
		memset(page2kva(pp), 0, PGSIZE);
	return pp;
}

// Put a page back on the free list.  Panics if pp_ref is not 0 or the page is
// free already.
void
page_free(struct PageInfo *pp)
{
	if (pp->pp_ref != 0)
		panic("page_free: page %08x has %d references left",
			page2pa(pp), pp->pp_ref);
	if (pp->pp_link != NULL || pp == page_free_list)
		panic("page_free: page %08x is free already", page2pa(pp));
	pp->pp_link = page_free_list;
	page_free_list = pp;
}

// Returns the page table entry for va, which need not be present.  If there is
// no page table: returns NULL if create is 0; else makes one, of zeros, or
// returns NULL if there is no memory.  A new page table's pp_ref is 1.
//
// The directory entry may allow everything.  The processor checks both levels,
// so the page table entry alone decides.
pte_t *
pgdir_walk(pde_t *pgdir, const void *va, int create)
{
	pde_t *pde = &pgdir[PDX(va)];

	if (!(*pde & PTE_P)) {
		struct PageInfo *pp = create ? page_alloc(ALLOC_ZERO) : NULL;

		if (pp == NULL)
			return NULL;
		pp->pp_ref++;
		*pde = page2pa(pp) | PTE_P | PTE_W | PTE_U;
	}
	return (pte_t *) KADDR(PTE_ADDR(*pde)) + PTX(va);
}

// Map [va, va+size) to [pa, pa+size) with permissions perm, in the part of the
// address space that never changes.  va, pa and size are multiples of the page
// size; va + size may be 2^32.  No references are counted.
static void
boot_map_region(pde_t *pgdir, uintptr_t va, size_t size, physaddr_t pa,
	int perm)
{
	for (size_t done = 0; done < size; done += PGSIZE) {
		pte_t *pte = pgdir_walk(pgdir, (void *) (va + done), 1);

		if (pte == NULL)
			panic("boot_map_region: no memory for a page table");
		*pte = (pa + done) | perm | PTE_P;
	}
}

// Map page pp at va with permissions perm, in place of what was there; counts
// one reference to pp.  If pp is there already, only the permissions change.
// The TLB keeps no entry that was changed (tlb_invalidate).
// Returns 0, or -E_NO_MEM with nothing changed: there was no memory for a page
// table.
int
page_insert(pde_t *pgdir, struct PageInfo *pp, void *va, int perm)
{
	const pte_t entry = page2pa(pp) | perm | PTE_P;
	pte_t *pte = pgdir_walk(pgdir, va, 1);

	if (pte == NULL)
		return -E_NO_MEM;
	if ((*pte & PTE_P) && PTE_ADDR(*pte) == PTE_ADDR(entry)) {
		*pte = entry;
		tlb_invalidate(pgdir, va);
		return 0;
	}
	page_remove(pgdir, va);
	pp->pp_ref++;
	*pte = entry;
	return 0;
}

struct PageInfo *
page_lookup(pde_t *pgdir, void *va, pte_t **pte_store)
{
	pte_t *pte = pgdir_walk(pgdir, va, 0);

	if (pte == NULL || !(*pte & PTE_P))
		return NULL;
	if (pte_store)
		*pte_store = pte;
	return pa2page(*pte);
}
