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
extern char data_start[], programs_start[];	// between them: writable

// How much physical memory is used, and how much of that kern/entrypgdir.S
// maps: until mem_init loads kern_pgdir, no other can be reached.
#define MAXPHYSMEM	(0U - KERNBASE)
#define ENTRYMAPSIZE	(ENTRYTABLES * PTSIZE)

extern size_t npages;			// of physical memory
extern size_t npages_basemem;		// of them below the device hole
extern struct PageInfo *pages;		// npages of them
extern struct PageInfo *page_free_list;	// through pp_link
extern pde_t *kern_pgdir;		// the kernel's own address space

void mem_init(void);

// page_alloc's flags
enum {
	ALLOC_ZERO = 1			// the page is to hold zeros
};

void page_init(void);
struct PageInfo *page_alloc(int flags);
void page_free(struct PageInfo *pp);
struct PageInfo *page_table_alloc(void);
void page_table_free(struct PageInfo *pp);
size_t page_free_count(void);

// Give up one reference; the last one frees the page.  Calls page_ref_lost, if
// that is set: kern/sleep.c sets it while somebody sleeps on a page.
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

// Free pages that were page tables, through pp_link.  They are few, and
// page_alloc gives them out last.
#define MAX_ZEROED_TABLES	16
extern struct PageInfo *zeroed_tables;

#define PP_REF_MAX	0xFFFF		// pp_ref counts no further

pte_t *pgdir_walk(pde_t *pgdir, const void *va, int create);
int page_insert(pde_t *pgdir, struct PageInfo *pp, void *va, int perm);
struct PageInfo *page_lookup(pde_t *pgdir, void *va, pte_t **pte_store);
void page_remove(pde_t *pgdir, void *va);
void *mmio_map_region(physaddr_t pa, size_t size);

extern uintptr_t user_mem_check_addr;	// where user_mem_check failed last
int user_mem_check(struct Env *env, const void *va, size_t len, int perm);
void user_mem_assert(struct Env *env, const void *va, size_t len, int perm);

// Between the physical address of memory and its address above KERNBASE.
// They panic, with the line that asked, on an address that is not one.
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

// Between a page's PageInfo and its addresses
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

// Is this the address of an entry of pages[]?
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

// The entry for va in pgdir has changed: flush it from the TLB of each CPU that
// has pgdir loaded.  Others flush their TLB when they load it.
static inline void
tlb_invalidate(pde_t *pgdir, void *va)
{
	if (rcr3() == PADDR(pgdir))
		invlpg(va);
	if (ncpu > 1)
		tlb_shootdown(pgdir, va);
}

// Where is the page table entry for va?  NULL if the table itself is missing.
static inline pte_t *
page_entry(pde_t *pgdir, const void *va)
{
	const pde_t pde = pgdir[PDX(va)];

	return pde & PTE_P ? (pte_t *) KADDR(PTE_ADDR(pde)) + PTX(va) : NULL;
}

#endif // JOS_KERN_PMAP_H
