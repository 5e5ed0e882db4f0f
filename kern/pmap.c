// kern/pmap.c - physical pages, and page tables.
//
// pages[] has a struct PageInfo for each physical page.  A page is either
// free (on page_free_list, pp_ref 0) or in use (pp_ref counts its mappings).
// A few pages that were page tables, and hold only zeros, are on zeroed_tables
// instead, so that new page tables need not be zeroed.
//
// An address space is a page directory and the page tables it names; the
// processor looks up an address in two steps (inc/mmu.h).  mem_init builds
// the kernel's, kern_pgdir; env_setup_vm copies the upper part of that one
// for each environment, so that what mem_init maps is everywhere.  Entry
// UVPT of a directory is the directory itself: there its owner can read all
// of its page tables as one array.
//
// Until mem_init loads kern_pgdir, the processor uses entry_pgdir
// (kern/entrypgdir.S), which maps only the first ENTRYMAPSIZE bytes of memory.
// So boot_alloc stays below that, and so does page_alloc, as those pages come
// first on the free list.
//
// Entry points:
//   mem_init			set up everything in this file
//   page_alloc, page_free, page_free_count; page_decref (kern/pmap.h)
//   page_table_alloc, page_table_free	for page tables and directories
//   page_insert, page_lookup, page_remove, pgdir_walk
//   tlb_invalidate (kern/pmap.h)	after changing an entry by hand
//   mmio_map_region		give device registers an address
//   user_mem_check		may a program use these bytes?
//
// Under the kernel lock, once there is more than one CPU.

#include <inc/error.h>
#include <inc/mmu.h>
#include <inc/string.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/debug/check.h>
#include <kern/debug/guard.h>
#include <kern/dev/acpi.h>
#include <kern/env.h>
#include <kern/kclock.h>
#include <kern/pmap.h>

size_t npages;
size_t npages_basemem;
struct PageInfo *pages;
struct PageInfo *page_free_list;
struct PageInfo *zeroed_tables;
static size_t nzeroed_tables;
pde_t *kern_pgdir;

uintptr_t user_mem_check_addr;

// ------------------------------------------------------------- starting up

// Set npages and npages_basemem.
static void
i386_detect_memory(void)
{
	size_t base_kb, total_kb;

	kclock_memory(&base_kb, &total_kb);
	cprintf("Physical memory: %uK available, base = %uK, extended = %uK\n",
		total_kb, base_kb, total_kb - base_kb);

	const size_t max_kb = MAXPHYSMEM / 1024;
	if (total_kb > max_kb) {
		cprintf("Using the first %uK of it: "
			"no more fits between KERNBASE and 4 GiB\n", max_kb);
		total_kb = max_kb;
	}
	npages = total_kb / (PGSIZE / 1024);
	npages_basemem = base_kb / (PGSIZE / 1024);
}

// Allocate n bytes, rounded up to whole pages, behind the kernel image.  They
// are not zeroed, and never freed.  With n = 0, return the address that the
// next call would.  Not to be called after page_init.  Panics if this is more
// than there is, or than entry_pgdir maps.
static void *
boot_alloc(uint32_t n)
{
	static uintptr_t next;		// page-aligned

	if (next == 0)
		next = ROUNDUP((uintptr_t) end, PGSIZE);

	const uintptr_t limit =
		KERNBASE + MIN(npages * PGSIZE, (size_t) ENTRYMAPSIZE);
	if (next > limit || n > limit - next)
		panic("boot_alloc: %u bytes from %08x on go past %08x, "
		      "the end of memory mapped so far", n, next, limit);

	uintptr_t taken = next;
	next = ROUNDUP(taken + n, PGSIZE);
	return (void *) taken;
}

static void boot_map_region(pde_t *pgdir, uintptr_t va, size_t size,
	physaddr_t pa, int perm);
static void mem_init_mp(void);
static void make_readonly(const char *from, const char *to);

// Find out how much memory there is, make all of it available to page_alloc,
// and build and load the kernel's address space.
void
mem_init(void)
{
	i386_detect_memory();

	kern_pgdir = boot_alloc(PGSIZE);
	memset(kern_pgdir, 0, PGSIZE);
	kern_pgdir[PDX(UVPT)] = PADDR(kern_pgdir) | PTE_U | PTE_P;

	// Zeroed: no page has references, and no environment has an id.
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

	// Programs may read pages[] and envs[], and nothing behind them
	boot_map_region(kern_pgdir, UPAGES, pages_size, PADDR(pages), PTE_U);
	boot_map_region(kern_pgdir, UENVS, envs_size, PADDR(envs), PTE_U);

	// Physical memory, from KERNBASE to the end of the address space,
	// however much of it there is
	boot_map_region(kern_pgdir, KERNBASE, MAXPHYSMEM, 0, PTE_W);

	mem_init_mp();
	check_kern_pgdir();

	// From here on, a stray pointer cannot change the kernel's code.
	make_readonly((char *) KERNBASE + EXTPHYSMEM, data_start);
	make_readonly(programs_start, end);

	// kern_pgdir, too, maps the kernel at KERNBASE: the code goes on
	lcr3(PADDR(kern_pgdir));
	check_page_free_list(false);

	// WP: PTE_W holds for the kernel as well.  NE: the floating-point unit
	// reports errors by exceptions.
	const uint32_t on = CR0_PE | CR0_MP | CR0_NE | CR0_WP | CR0_AM | CR0_PG;
	const uint32_t off = CR0_EM | CR0_TS;
	lcr0((rcr0() | on) & ~off);

	check_page_installed_pgdir();
}

// Map each CPU's kernel stack (inc/memlayout.h), an entry of percpu_kstacks[]
// (kern/cpu.h).  Nothing is mapped in the gap below it, so that a stack that
// grows too big faults instead of destroying other data.
static void
mem_init_mp(void)
{
	for (int i = 0; i < NCPU; i++) {
		uintptr_t top = KSTACKTOP - i * (KSTKSIZE + KSTKGAP);
		boot_map_region(kern_pgdir, top - KSTKSIZE, KSTKSIZE,
			PADDR(percpu_kstacks[i]), PTE_W);
	}
}

// Write-protect the kernel's pages in [from, to).
static void
make_readonly(const char *from, const char *to)
{
	for (const char *va = from; va < to; va += PGSIZE)
		*pgdir_walk(kern_pgdir, va, 0) &= ~PTE_W;
}

// ---------------------------------------------------------- physical pages

// Put pages[from] to pages[to - 1] at the front of the free list.
static void
free_range(size_t from, size_t to)
{
	struct PageInfo *const last = &pages[to] - 1;

	if (from >= to)
		return;
	for (struct PageInfo *pp = &pages[from]; pp < last; pp++)
		pp->pp_link = pp + 1;
	last->pp_link = page_free_list;
	page_free_list = &pages[from];
}

// Fill in pages[], which is zeroed, and link the free list in ascending order.
void
page_init(void)
{
	const size_t kernel_end = PGNUM(PADDR(boot_alloc(0)));
	size_t firmware = PGNUM(acpi_tables_start);

	if (firmware <= kernel_end)	// none, or not at the top of memory
		firmware = npages;

	// From bounds[0] up to bounds[1] pages are in use, from there up to
	// bounds[2] they are free, and so on by turns.
	const size_t bounds[] = {
		0,			// interrupt table and data of the BIOS
		1,
		PGNUM(MPENTRY_PADDR),	// other CPUs start there
		PGNUM(MPENTRY_PADDR) + 1,
		npages_basemem,		// devices, BIOS, kernel, first tables
		kernel_end,
		MIN(firmware, npages),	// tables that mp_init wants to read
		npages
	};

	assert(npages_basemem > PGNUM(MPENTRY_PADDR));
	page_free_list = NULL;
	for (int i = ARRAY_SIZE(bounds) - 2; i >= 0; i--)
		if (i % 2 == 1)
			free_range(bounds[i], bounds[i + 1]);
		else
			for (size_t n = bounds[i]; n < bounds[i + 1]; n++)
				pages[n].pp_ref = 1;
}

// May page_alloc give out pp?  When it takes the last page of the free list,
// the zeroed tables go back to the list.
static inline bool
page_alloc_hook(struct PageInfo *pp)
{
	if (pp->pp_link == NULL) {
		pp->pp_link = zeroed_tables;
		zeroed_tables = NULL;
		nzeroed_tables = 0;
	}
	return debug_page_alloc(pp);
}

// Take a page off the free list; NULL if there is none, or page_alloc_hook
// refuses it.  With ALLOC_ZERO, fill it with zeros.  Its pp_link is NULL, and
// its pp_ref 0: the caller or page_insert counts the first reference.
struct PageInfo *
page_alloc(int flags)
{
	struct PageInfo *pp = page_free_list;

	if (pp == NULL || !page_alloc_hook(pp))
		return NULL;
	page_free_list = pp->pp_link;
	pp->pp_link = NULL;
	if (flags & ALLOC_ZERO)
		memset(page2kva(pp), 0, PGSIZE);
	return pp;
}

// Put a page back on the free list, and tell debug_page_free.  Panics if the
// page has references, or is free already.
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
	debug_page_free(pp);
}

void (*page_ref_lost)(const void *pp);

// page_alloc(ALLOC_ZERO) for a page table or page directory
struct PageInfo *
page_table_alloc(void)
{
	struct PageInfo *pp = zeroed_tables;

	if (pp == NULL)
		return page_alloc(ALLOC_ZERO);
	if (!debug_page_alloc(pp))
		return NULL;
	zeroed_tables = pp->pp_link;
	pp->pp_link = NULL;
	nzeroed_tables--;
	return pp;
}

// page_decref for a page table or page directory whose entries are all zero
void
page_table_free(struct PageInfo *pp)
{
	if (nzeroed_tables == MAX_ZEROED_TABLES || page_free_list == NULL
	    || guard_on) {
		page_decref(pp);
		return;
	}
	pp->pp_ref = 0;
	pp->pp_link = zeroed_tables;
	zeroed_tables = pp;
	nzeroed_tables++;
}

// Count the free pages, by walking over all of them.
size_t
page_free_count(void)
{
	size_t n = 0;

	for (struct PageInfo *pp = page_free_list; pp; pp = pp->pp_link)
		if (++n > npages)
			panic("page_free_count: the free list is a ring");
	return n + nzeroed_tables;
}

// ------------------------------------------------------------- page tables

// Returns the page table entry for va, which need not be present.  If there is
// no page table: returns NULL if create is 0; else makes one, of zeros, with
// one reference (page_table_alloc), or returns NULL if there is no memory.
//
// The directory entry allows everything.  The processor checks both levels, so
// the page table entry alone decides; but at UVPT, where mem_init made the
// directory entry.
inline pte_t *
pgdir_walk(pde_t *pgdir, const void *va, int create)
{
	pde_t *pde = &pgdir[PDX(va)];
	struct PageInfo *pp;

	if (!(*pde & PTE_P)) {
		if (!create || !(pp = page_table_alloc()))
			return NULL;
		pp->pp_ref++;
		*pde = page2pa(pp) | PTE_P | PTE_W | PTE_U;
	}
	return (pte_t *) KADDR(PTE_ADDR(*pde)) + PTX(va);
}

// Map [va, va+size) to [pa, pa+size) with permissions perm, in the part of the
// address space that never changes.  va, pa and size are multiples of the page
// size; va+size may be 2^32.  No references are counted.  Panics if there is no
// memory for a page table.
static void
boot_map_region(pde_t *pgdir, uintptr_t va, size_t size, physaddr_t pa,
	int perm)
{
	assert((va | size | pa) % PGSIZE == 0);
	// No address is compared with va + size, which may be 2^32.
	for (size_t done = 0; done < size; ) {
		pte_t *pte = pgdir_walk(pgdir, (void *) (va + done), 1);
		if (pte == NULL)
			panic("boot_map_region: no memory for a page table");

		// All entries of this table, from the last to the first:
		// a walk for each page would double what mem_init takes
		size_t n = MIN((size - done) / PGSIZE,
			(size_t) NPTENTRIES - PTX(va + done));
		done += n * PGSIZE;
		pte_t entry = (pa + done) | perm | PTE_P;
		while (n > 0) {
			entry -= PGSIZE;
			pte[--n] = entry;
		}
	}
}

// Map page pp at va with permissions perm, in place of what was there; counts
// one reference to pp.  If pp is there already, only the permissions change.
// The TLB keeps no entry that was changed (tlb_invalidate).
// Returns 0, or -E_NO_MEM with nothing changed: there was no memory for a page
// table, or pp has as many references as can be counted.
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
	if (pp->pp_ref == PP_REF_MAX)
		return -E_NO_MEM;
	if (*pte & PTE_P)
		page_remove(pgdir, va);
	pp->pp_ref++;
	*pte = entry;
	return 0;
}

// Returns the page mapped at va, or NULL.  Stores the address of its entry if
// pte_store is not NULL and there is a page.
inline struct PageInfo *
page_lookup(pde_t *pgdir, void *va, pte_t **pte_store)
{
	pte_t *pte = page_entry(pgdir, va);

	if (pte == NULL || !(*pte & PTE_P))
		return NULL;
	if (pte_store)
		*pte_store = pte;
	return pa2page(*pte);
}

// Unmap the page at va, if there is one: no entry of it stays in the TLB
// (tlb_invalidate), and one reference is dropped, the last of which frees the
// page (page_decref).
void
page_remove(pde_t *pgdir, void *va)
{
	pte_t *pte;
	struct PageInfo *pp = page_lookup(pgdir, va, &pte);

	if (pp == NULL)
		return;
	*pte = 0;
	// Before page_decref, which may free the page for another program: no
	// CPU may reach it by an old TLB entry
	tlb_invalidate(pgdir, va);
	page_decref(pp);
}

// ------------------------------------------------------------------ devices

// Map size bytes of device registers at pa, and return their address.  They are
// not cached: reading a register twice may give two values.  pa and size need
// not be multiples of the page size.  Panics if there is no room below MMIOLIM.
void *
mmio_map_region(physaddr_t pa, size_t size)
{
	static uintptr_t next = MMIOBASE;	// page-aligned

	const size_t offset = PGOFF(pa);
	const size_t room = MMIOLIM - next;
	if (size > room || offset + size > room)
		panic("mmio_map_region: %u bytes at %08x are more than the "
		      "%u left", size, pa, room);

	uintptr_t va = next;
	next = ROUNDUP(va + offset + size, PGSIZE);
	boot_map_region(kern_pgdir, va, next - va, pa - offset,
		PTE_PCD | PTE_PWT | PTE_W);
	return (void *) (va + offset);
}

// ----------------------------------------------------------- user addresses

// May env use all of [va, va+len) as perm says?  Returns 0 if so; else
// -E_FAULT, and user_mem_check_addr is the first address that it may not use.
// If len is 0, any va is allowed; else nothing from ULIM on, also if va+len
// wraps around.  Directory entry and page table entry must both allow it.
int
user_mem_check(struct Env *env, const void *va, size_t len, int perm)
{
	uintptr_t addr = (uintptr_t) va;

	while (len > 0) {
		const pde_t pde = env->env_pgdir[PDX(addr)];
		pte_t *pte = NULL;

		// A range that wraps around meets ULIM first, from which on
		// nothing is the program's.  At UVPT the directory entry allows
		// less than the entry of the page, which may be what has no
		// struct PageInfo: there page_lookup would panic.
		if (addr < ULIM)
			pte = pgdir_walk(env->env_pgdir, (void *) addr, 0);
		if (!pte || !(*pte & PTE_P) || (~(pde & *pte) & perm)) {
			user_mem_check_addr = addr;
			return -E_FAULT;
		}
		size_t in_page = MIN(len, PGSIZE - PGOFF(addr));
		addr += in_page;
		len -= in_page;
	}
	return 0;
}

// ------------------------------------------------------------------ checks

// What is static here, for kern/debug/contract_memory.c
void *(*const contract_boot_alloc)(uint32_t n) = boot_alloc;
void (*const contract_boot_map_region)(pde_t *pgdir, uintptr_t va, size_t size,
	physaddr_t pa, int perm) = boot_map_region;
