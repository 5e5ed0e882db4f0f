// ext/pmm/pmm.h - managers of physical pages, behind one table of operations.
//
// Whatever manager is on, page_free_list leads to all free pages, linked by
// pp_link.  A manager decides their order, and keeps records of which of them
// lie side by side (ext/pmm/pmm.c says more).

#ifndef JOS_EXT_PMM_PMM_H
#define JOS_EXT_PMM_PMM_H

#include <inc/memlayout.h>
#include <inc/types.h>

#include <kern/pmap.h>

// The most pages that pages[] can have
#define MAXPAGES	(MAXPHYSMEM / PGSIZE)

struct PageManager {
	const char *name;

	// The most pages that alloc_pages can find side by side
	size_t max_pages;

	// Forget all pages.  NULL for a manager without records, which never
	// needs the next one either.
	void (*init)(void);

	// Pages base to base + n - 1 are free, and belong to the manager now.
	void (*page_init)(struct PageInfo *base, size_t n);

	// Take n pages side by side, and let pages_taken make them ready.
	// Returns the first of them, or NULL if there is no such run.
	struct PageInfo *(*alloc_pages)(size_t n, int flags);

	// Take back n pages side by side, however they were allocated.
	void (*free_pages)(struct PageInfo *base, size_t n);

	size_t (*nr_free_pages)(void);

	// Panic if the records are not right, or do not say what the list says.
	void (*check)(void);
};

extern const struct PageManager freelist_manager, firstfit_manager,
	buddy_manager;
extern const struct PageManager *page_manager;	// the one that is on

// The last page of page_free_list; NULL if that is empty.  It and
// page_free_list are the manager's to keep, if it has records.
extern struct PageInfo *page_list_last;

// From boot(): have that manager in place of the kernel's list.
void pmm_use(const struct PageManager *manager);

// Allocate n pages side by side; with ALLOC_ZERO, filled with zeros.  Returns
// the first, or NULL; each page has pp_link NULL and pp_ref 0, and may be freed
// by itself.
struct PageInfo *alloc_pages(size_t n, int flags);

// Free n pages side by side.  Panics if one has references, or is free.
void free_pages(struct PageInfo *base, size_t n);

size_t nr_free_pages(void);

static inline struct PageInfo *
alloc_page(int flags)
{
	return alloc_pages(1, flags);
}

static inline void
free_page(struct PageInfo *pp)
{
	free_pages(pp, 1);
}

// For managers: n pages from pp on are off the list, and become the caller's.
// Returns pp.
struct PageInfo *pages_taken(struct PageInfo *pp, size_t n, int flags);

// For managers: link pages base to base + n - 1, but the last, to the next one.
static inline void
link_run(struct PageInfo *base, size_t n)
{
	for (struct PageInfo *pp = base; pp < base + n - 1; pp++)
		pp->pp_link = pp + 1;
}

// Is pp free?  With the kernel's list, the last page on it seems not to be.
static inline bool
is_free(const struct PageInfo *pp)
{
	return pp->pp_link || pp == page_free_list || pp == page_list_last;
}

// ext/pmm/kmalloc.c: memory for the kernel, in units of bytes
void *kmalloc(size_t size);
void kfree(void *p);

// ext/pmm/stress.c
bool pmm_syscall(uint32_t number, uint32_t a1, uint32_t a2, uint32_t a3,
	uint32_t a4, uint32_t a5, int32_t *result);

#endif // JOS_EXT_PMM_PMM_H
