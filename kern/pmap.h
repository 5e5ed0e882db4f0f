// kern/pmap.h - physical pages, and the page tables that give them addresses.

#ifndef JOS_KERN_PMAP_H
#define JOS_KERN_PMAP_H

#include <inc/assert.h>
#include <inc/memlayout.h>
#include <inc/types.h>
#include <inc/x86.h>

#include <kern/cpu.h>

struct Env;

// From kern/entry.S and kern/kernel.ld
extern char bootstack_gap[], bootstack[], bootstacktop[];
extern char _start[], entry[], etext[], edata[], end[];
extern char data_start[], programs_start[];	// writable between these two

// The kernel uses at most MAXPHYSMEM bytes of physical memory.  Until mem_init
// loads kern_pgdir, it reaches only the first ENTRYMAPSIZE of them, which
// kern/entrypgdir.S maps.
#define MAXPHYSMEM	(0U - KERNBASE)
#define ENTRYMAPSIZE	(ENTRYTABLES * PTSIZE)

extern size_t npages;			// pages of physical memory
extern size_t npages_basemem;		// pages below the device hole
extern struct PageInfo *pages;		// one for each of the npages
extern struct PageInfo *page_free_list;	// linked by pp_link
extern pde_t *kern_pgdir;		// the kernel's own address space

void mem_init(void);

// page_alloc's flags
enum {
	ALLOC_ZERO = 1			// fill the page with zeros
};

void page_init(void);
struct PageInfo *page_alloc(int flags);
void page_free(struct PageInfo *pp);
struct PageInfo *page_table_alloc(void);
void page_table_free(struct PageInfo *pp);
size_t page_free_count(void);

// Drop one reference to pp, and free pp if it was the last.  kern/sleep.c sets
// page_ref_lost while an environment sleeps on a page.
extern void (*page_ref_lost)(const void *pp);
static inline void
page_decref(struct PageInfo *pp)
{
	assert(pp->pp_ref > 0);
	pp->pp_ref--;
	if (page_ref_lost)
		page_ref_lost(pp);
	if (pp->pp_ref == 0)
		page_free(pp);
}

// Free pages of zeros that were page tables, linked by pp_link; at most
// MAX_ZEROED_TABLES.  page_alloc gives them out last.
#define MAX_ZEROED_TABLES	16
extern struct PageInfo *zeroed_tables;

#define PP_REF_MAX	0xFFFF		// the largest pp_ref

pte_t *pgdir_walk(pde_t *pgdir, const void *va, int create);
int page_insert(pde_t *pgdir, struct PageInfo *pp, void *va, int perm);
struct PageInfo *page_lookup(pde_t *pgdir, void *va, pte_t **pte_store);
void page_remove(pde_t *pgdir, void *va);
void *mmio_map_region(physaddr_t pa, size_t size);

extern uintptr_t user_mem_check_addr;	// where user_mem_check last failed
int user_mem_check(struct Env *env, const void *va, size_t len, int perm);
void user_mem_assert(struct Env *env, const void *va, size_t len, int perm);

// From a kernel address to the physical address of its memory, and back.  They
// panic, with the line of the caller, on an address that has no counterpart.
#define PADDR(kva)	paddr_of((uintptr_t) (kva), __FILE__, __LINE__)
#define KADDR(pa)	kaddr_of((pa), __FILE__, __LINE__)

static inline physaddr_t
paddr_of(uintptr_t kva, const char *file, int line)
{
	if (kva < KERNBASE)
		_panic(file, line, "PADDR called with invalid kva %08x", kva);
	return kva - KERNBASE;
}

static inline void *
kaddr_of(physaddr_t pa, const char *file, int line)
{
	if (PGNUM(pa) >= npages)
		_panic(file, line, "KADDR called with invalid pa %08x", pa);
	return (void *) (KERNBASE + pa);
}

// From a page's PageInfo to its physical address, and back
static inline physaddr_t
page2pa(const struct PageInfo *pp)
{
	return (physaddr_t) (pp - pages) * PGSIZE;
}

static inline struct PageInfo *
pa2page(physaddr_t pa)
{
	if (pa / PGSIZE >= npages)
		panic("pa2page called with invalid pa");
	return pages + pa / PGSIZE;
}

// Does p point to an entry of pages[]?
static inline bool
is_page_info(const void *p)
{
	return (uintptr_t) p - (uintptr_t) pages < npages * sizeof(*pages)
		&& ((uintptr_t) p - (uintptr_t) pages) % sizeof(*pages) == 0;
}

static inline void *
page2kva(const struct PageInfo *pp)
{
	return KADDR(page2pa(pp));
}

// Flush the changed entry for va from the TLB of each CPU that has pgdir
// loaded.  All other CPUs flush their TLB when they load pgdir.
static inline void
tlb_invalidate(pde_t *pgdir, void *va)
{
	if (rcr3() == PADDR(pgdir))
		invlpg(va);
	if (ncpu > 1)
		tlb_shootdown(pgdir, va);
}

// Returns the page table entry for va, or NULL if there is no page table.
static inline pte_t *
page_entry(pde_t *pgdir, const void *va)
{
	const pde_t pde = pgdir[PDX(va)];

	return pde & PTE_P ? (pte_t *) KADDR(PTE_ADDR(pde)) + PTX(va) : NULL;
}

#endif // JOS_KERN_PMAP_H
