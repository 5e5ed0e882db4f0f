// kern/debug/check.c - checks of kern/pmap.c, at boot.
//
// mem_init calls the checks.  A check prints that it succeeded, or panics and
// says what is wrong; it leaves memory as it was.  The checks read page tables
// with entry_for, as pgdir_walk and page_lookup are what they check.

#include <inc/assert.h>
#include <inc/error.h>
#include <inc/memlayout.h>
#include <inc/mmu.h>
#include <inc/string.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/debug/check.h>
#include <kern/dev/acpi.h>
#include <kern/env.h>
#include <kern/lab.h>
#include <kern/pmap.h>

// The function that is checked, for messages
static const char *subject;

// Panic with a message unless x.
#define require(x, ...) do {	\
	if (!(x))		\
		panic(__VA_ARGS__);	\
} while (0)

// ----------------------------------------------------------- the free list

// Returns the end of the memory that boot_alloc gave mem_init, whose parts must
// be in this order.
static uintptr_t
boot_alloc_end(void)
{
	const struct {
		const void *start;
		size_t size;
	} parts[] = {
		{ kern_pgdir, PGSIZE },
		{ pages, npages * sizeof(*pages) },
		{ envs, NENV * sizeof(*envs) },		// from lab 3 on
	};
	uintptr_t last = (uintptr_t) end;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		const uintptr_t start = (uintptr_t) parts[i].start;

		if (start == 0)
			continue;
		require(start % PGSIZE == 0,
			"boot_alloc: %08x does not begin a page", start);
		require(start >= last,
			"boot_alloc: %08x was in use already", start);
		last = start + parts[i].size;
	}
	return ROUNDUP(last, PGSIZE);
}

// A range of page numbers, from first to last
struct Range {
	size_t first, last;
};

// How many pages of r lie below page number limit?
static size_t
pages_below(struct Range r, size_t limit)
{
	return r.first < limit ? MIN(r.last + 1, limit) - r.first : 0;
}

// Panic if a page of r lies in [first, end), whose pages are in use.
static void
require_apart(struct Range r, size_t first, size_t end)
{
	require(pages_below(r, first) == pages_below(r, end),
		"page_init: page %08x is on the free list, but it is in use",
		MAX(r.first, first) * PGSIZE);
}

// Returns the last page of the run that begins at pp.  In a run of the free
// list, each page links to its successor in pages[], or each to its
// predecessor.  Nearly all of a list consists of runs, which are fast to check
// as a whole.
static const struct PageInfo *
follow_run(const struct PageInfo *pp)
{
	const int step = pp->pp_link == pp - 1 ? -1 : 1;

	while (pp->pp_link == pp + step && pp->pp_ref == 0)
		pp += step;
	return pp;
}

// Returns the page number of pp; panics if pp is not in pages[].
static size_t
page_number(const struct PageInfo *pp)
{
	const uintptr_t offset = (uintptr_t) pp - (uintptr_t) pages;

	require(pp >= pages && pp < pages + npages
		&& offset % sizeof(*pp) == 0,
		"page_free_list leads to %08x, not into pages[]", pp);
	return offset / sizeof(*pp);
}

// Check a run of the free list.  Returns its range of page numbers.
static struct Range
check_run(const struct PageInfo *from, const struct PageInfo *to,
	size_t boot_end)
{
	const size_t a = page_number(from), b = page_number(to);
	const struct Range r = { MIN(a, b), MAX(a, b) };

	require_apart(r, 0, 1);
	if (lab->smp)
		require_apart(r, PGNUM(MPENTRY_PADDR),
			PGNUM(MPENTRY_PADDR) + 1);
	require_apart(r, PGNUM(IOPHYSMEM), boot_end);
	require(to->pp_ref == 0,
		"page_init: page %08x is on the free list with %d references",
		page2pa(to), to->pp_ref);
	return r;
}

// The least number of pages that must be free just after page_init.  A
// page_init that keeps the ACPI tables (kern/dev/acpi.h) may keep all memory
// above them.
static size_t
pages_to_be_free(size_t boot_end)
{
	const size_t firmware = PGNUM(acpi_tables_start);
	const size_t top = firmware > boot_end ? MIN(firmware, npages) : npages;
	const size_t base = MIN(npages_basemem, (size_t) PGNUM(IOPHYSMEM));

	return base - 2 + top - boot_end;
}

// The most pages that mem_init and its checks take before kern_pgdir is loaded:
// a page table for each 4 MiB from KERNBASE on, and some more.
#define LOW_PAGES	(MAXPHYSMEM / PTSIZE + 64)

// Does the free list begin with LOW_PAGES pages that entry_pgdir maps?
static bool
free_list_begins_low(void)
{
	size_t n = 0;

	for (struct PageInfo *pp = page_free_list;
	     pp && page2pa(pp) < ENTRYMAPSIZE; pp = pp->pp_link)
		if (++n == LOW_PAGES)
			return true;
	return false;
}

// Move the pages that entry_pgdir maps to the front of the free list: until
// mem_init has loaded kern_pgdir, no others can be used, and the labs let
// page_init link pages in any order.
static void
low_pages_first(void)
{
	struct PageInfo *low, *high;
	struct PageInfo **low_end = &low, **high_end = &high;

	for (struct PageInfo *pp = page_free_list; pp; pp = pp->pp_link) {
		struct PageInfo ***end = page2pa(pp) < ENTRYMAPSIZE
			? &low_end : &high_end;

		**end = pp;
		*end = &pp->pp_link;
	}
	*high_end = NULL;
	*low_end = high;
	page_free_list = low;
}

// Is the free list well-formed, and free of pages that are in use?  Just after
// page_init (only_low), also move pages that entry_pgdir maps to its front, as
// in the labs, and warn if pages are missing from it.
void
check_page_free_list(bool only_low)
{
	const size_t boot_end = PGNUM(PADDR(boot_alloc_end()));
	size_t seen = 0, above_kernel = 0;

	require(page_free_list, "'page_free_list' is a null pointer!");
	for (const struct PageInfo *pp = page_free_list; pp; ) {
		(void) page_number(pp);		// before it is followed
		const struct PageInfo *last = follow_run(pp);
		const struct Range r = check_run(pp, last, boot_end);
		const size_t n = r.last - r.first + 1;

		above_kernel += n - pages_below(r, PGNUM(EXTPHYSMEM));
		seen += n;
		require(seen <= npages, "page_free_list is a ring");
		pp = last->pp_link;
	}
	require(above_kernel > 0, "page_init: no page above the kernel is free");
	require(seen > above_kernel, "page_init: no page below 1 MiB is free");
	if (only_low && !free_list_begins_low())
		low_pages_first();

	// A warning is enough: a page that is not on the list is only lost.
	const size_t expected = pages_to_be_free(boot_end);
	if (only_low && seen < expected)
		warn("page_init: %u pages could be free, but only %u are on "
			"the list", expected, seen);

	cprintf("check_page_free_list() succeeded!\n");
}

// -------------------------------------------------------------- page_alloc

#define NSTAGE		3

// Between stage_enter and stage_leave, checks have the NSTAGE pages pp[], and
// no other page is on the free list: so they know what page_alloc must return.
static struct {
	struct PageInfo *pp[NSTAGE];
	struct PageInfo *hidden;
} stage;

static void
stage_enter(void)
{
	for (int i = 0; i < NSTAGE; i++) {
		struct PageInfo *pp = page_alloc(0);

		require(pp >= pages && pp < pages + npages,
			"page_alloc: %08x is not in pages[]", pp);
		require(pp->pp_ref == 0,
			"page_alloc: pp_ref is %d, not 0", pp->pp_ref);
		require(pp->pp_link == NULL,
			"page_alloc: pp_link is %08x, not NULL", pp->pp_link);
		for (int j = 0; j < i; j++)
			require(pp != stage.pp[j],
				"page_alloc: gives a page away twice");
		stage.pp[i] = pp;
	}
	stage.hidden = page_free_list;
	page_free_list = NULL;
}

// The checks must have all NSTAGE pages in use again.  No check can have taken
// a hidden page, so the free list gets back the length it had.
static void
stage_leave(void)
{
	require(page_free_list == NULL, "%s: a page was freed that is in use",
		subject);
	for (int i = 0; i < NSTAGE; i++)
		page_free(stage.pp[i]);

	size_t nfree = 1;
	struct PageInfo *last = page_free_list;
	for (; last && last->pp_link && nfree <= NSTAGE; nfree++)
		last = last->pp_link;
	require(last && nfree == NSTAGE,
		"%u pages were freed, now there are %u", NSTAGE, nfree);
	last->pp_link = stage.hidden;
}

#define PATTERN(byte)	((byte) * 0x01010101u)	// four of them

static void
fill(const struct PageInfo *pp, uint8_t byte)
{
	memset(page2kva(pp), byte, PGSIZE);
}

// Does the page consist of this byte?
static bool
holds(const struct PageInfo *pp, uint8_t byte)
{
	const uint32_t *word = page2kva(pp);

	for (size_t i = 0; i < PGSIZE / sizeof(*word); i++)
		if (word[i] != PATTERN(byte))
			return false;
	return true;
}

static void
check_free_again(void)
{
	struct PageInfo *pp = stage.pp[0];

	page_free(pp);
	require(page_alloc(0) == pp, "page_free: the page does not come back");
	require(page_alloc(0) == NULL,
		"page_alloc: returns a page when none is left");

	fill(pp, 0xA5);
	page_free(pp);
	require(page_alloc(ALLOC_ZERO) == pp,
		"page_free: the page does not come back");
	require(holds(pp, 0), "page_alloc: ALLOC_ZERO leaves old bytes");
	require(pp->pp_ref == 0 && pp->pp_link == NULL,
		"page_alloc: pp_ref or pp_link is not 0");
	require(page_alloc(ALLOC_ZERO) == NULL,
		"page_alloc: returns a page when none is left");
}

// Free all pages of the stage, then allocate all.
static void
check_free_several(void)
{
	bool back[NSTAGE] = { false };

	for (int i = 0; i < NSTAGE; i++)
		page_free(stage.pp[i]);
	for (int i = 0; i < NSTAGE; i++) {
		struct PageInfo *pp = page_alloc(0);

		for (int j = 0; j < NSTAGE; j++)
			back[j] = back[j] || stage.pp[j] == pp;
	}
	for (int i = 0; i < NSTAGE; i++)
		require(back[i], "page_free: lost page %d of %d", i, NSTAGE);
	require(page_alloc(0) == NULL, "page_free: too many pages came back");
}

static void
check_decref(void)
{
	struct PageInfo *pp = stage.pp[1];

	pp->pp_ref = 2;
	page_decref(pp);
	require(pp->pp_ref == 1 && page_alloc(0) == NULL,
		"page_decref: one of two references must be left");
	page_decref(pp);
	require(pp->pp_ref == 0 && page_alloc(0) == pp,
		"page_decref: does not free the page");
}

void
check_page_alloc(void)
{
	subject = "page_alloc, page_free";
	require(pages, "'pages' is a null pointer!");
	stage_enter();
	require(page_alloc(0) == NULL && page_alloc(ALLOC_ZERO) == NULL,
		"page_alloc: returns a page when none is left");
	check_free_again();
	check_free_several();
	check_decref();
	stage_leave();
	cprintf("check_page_alloc() succeeded!\n");
}

// ------------------------------------------------------------- page tables

#define PERM_BITS	(PTE_AVAIL | PTE_PCD | PTE_PWT | PTE_U | PTE_W | PTE_P)

// Returns the physical address that va is mapped to, and the permissions that
// both levels allow; or 0.
static pte_t
entry_for(const pde_t *pgdir, uintptr_t va)
{
	const pde_t pde = pgdir[PDX(va)];

	if (!(pde & PTE_P))
		return 0;
	if (pde & PTE_PS)		// 4 MiB: bits 21 to 12 are from va
		return ((pde & ~(PTSIZE - 1)) + PTX(va) * PGSIZE)
			| (pde & PERM_BITS);

	const pte_t *table = KADDR(PTE_ADDR(pde));
	const pte_t pte = table[PTX(va)];
	if (!(pte & PTE_P))
		return 0;
	// PTE_W and PTE_U hold only if the directory entry has them, too
	return PTE_ADDR(pte)
		| (pte & PERM_BITS & (pde | ~(PTE_U | PTE_W)));
}

// How many pages does this directory entry map?
static size_t
count_mapped(pde_t pde)
{
	size_t n = 0;

	if (!(pde & PTE_P))
		return 0;
	if (pde & PTE_PS)
		return NPTENTRIES;
	const pte_t *table = KADDR(PTE_ADDR(pde));
	for (int i = 0; i < NPTENTRIES; i++)
		n += table[i] & PTE_P;
	return n;
}

// Addresses for the checks: the first two pages and the last of one page
// table, and the first page of the next.
#define VA0		((void *) 0)
#define VA1		((void *) PGSIZE)
#define VA_LAST		((void *) (PTSIZE - PGSIZE))
#define VA_NEXT		((void *) PTSIZE)

static void
require_mapped(void *va, struct PageInfo *pp, int perm)
{
	const pte_t have = entry_for(kern_pgdir, (uintptr_t) va);
	const pte_t want = page2pa(pp) | perm | PTE_P;

	require(have == want, "%s: va %08x has page table entry %08x, "
		"not %08x", subject, va, have, want);
}

static void
require_refs(struct PageInfo *pp, int refs)
{
	require(pp->pp_ref == refs, "%s: page %08x has pp_ref %d, not %d",
		subject, page2pa(pp), pp->pp_ref, refs);
}

// Nothing is mapped, and there is no memory for a page table.
static void
check_no_table(struct PageInfo *pp)
{
	subject = "page_insert";
	require(pgdir_walk(kern_pgdir, VA0, 0) == NULL,
		"pgdir_walk: finds a table where there is none");
	require(pgdir_walk(kern_pgdir, VA0, 1) == NULL,
		"pgdir_walk: makes a table without memory");
	require(page_lookup(kern_pgdir, VA0, NULL) == NULL,
		"page_lookup: finds a page where there is none");
	page_remove(kern_pgdir, VA0);

	require(page_insert(kern_pgdir, pp, VA0, PTE_W) == -E_NO_MEM,
		"page_insert: must fail: no memory for a page table");
	require_refs(pp, 0);
	require(kern_pgdir[0] == 0, "page_insert: failed but left its mark");
}

// pgdir_walk must make a page table of `table`, which is not zeroed.
static void
check_walk(struct PageInfo *table)
{
	subject = "pgdir_walk";
	void *const va = PGADDR(0, 7, 0x123);

	fill(table, 0xFF);
	page_free(table);
	require(pgdir_walk(kern_pgdir, va, 0) == NULL
		&& page_lookup(kern_pgdir, va, NULL) == NULL,
		"pgdir_walk: finds a table where there is none");
	page_remove(kern_pgdir, va);
	require(page_free_list == table && kern_pgdir[0] == 0,
		"pgdir_walk: makes a table without being told to");

	const pte_t *pte = pgdir_walk(kern_pgdir, va, 1);
	require(pte != NULL, "pgdir_walk: does not make a table");
	require(PTE_ADDR(kern_pgdir[0]) == page2pa(table)
		&& (kern_pgdir[0] & PTE_P),
		"pgdir_walk: directory entry is %08x", kern_pgdir[0]);
	require(pte == (pte_t *) page2kva(table) + PTX(va),
		"pgdir_walk: gives the wrong entry");
	require(holds(table, 0), "pgdir_walk: a new table is not empty");
	require_refs(table, 1);

	require(pgdir_walk(kern_pgdir, va, 0) == pte
		&& pgdir_walk(kern_pgdir, va, 1) == pte,
		"pgdir_walk: does not find the table it has made");
	require_refs(table, 1);
	require(page_lookup(kern_pgdir, va, NULL) == NULL,
		"page_lookup: finds a page in an empty table");
}

// There is one page table, and no memory for another.
static void
check_insert(struct PageInfo *p1, struct PageInfo *p2)
{
	subject = "page_insert";
	require(page_insert(kern_pgdir, p1, VA0, PTE_W) == 0
		&& page_insert(kern_pgdir, p2, VA1, PTE_W) == 0
		&& page_insert(kern_pgdir, p2, VA_LAST, 0) == 0,
		"page_insert: fails, but this needs no memory");
	require_mapped(VA0, p1, PTE_W);
	require_mapped(VA1, p2, PTE_W);
	require_mapped(VA_LAST, p2, 0);
	require_refs(p1, 1);
	require_refs(p2, 2);
	require(count_mapped(kern_pgdir[0]) == 3,
		"page_insert: has changed other entries");

	pte_t *pte = NULL;
	require(page_lookup(kern_pgdir, VA1, &pte) == p2
		&& page_lookup(kern_pgdir, VA1, NULL) == p2,
		"page_lookup: finds the wrong page");
	require(pte == pgdir_walk(kern_pgdir, VA1, 0),
		"page_lookup: stores the wrong entry");

	require(page_insert(kern_pgdir, p1, VA_NEXT, PTE_W) == -E_NO_MEM,
		"page_insert: must fail: no memory for a second table");
	require_refs(p1, 1);
	page_remove(kern_pgdir, VA_LAST);
	require_refs(p2, 1);
}

// Insert pp at VA1, where it is mapped already.
static void
check_insert_again(struct PageInfo *pp)
{
	subject = "page_insert";
	static const int perms[] = {
		PTE_U, 0, PTE_U | PTE_W, PTE_AVAIL | PTE_U, PTE_W
	};

	for (size_t i = 0; i < ARRAY_SIZE(perms); i++) {
		require(page_insert(kern_pgdir, pp, VA1, perms[i]) == 0,
			"page_insert: fails, but this needs no memory");
		require_mapped(VA1, pp, perms[i]);
		require_refs(pp, 1);
		require(page_free_list == NULL,
			"page_insert: has freed the page it maps");
	}
}

// p1 is mapped at VA0, p2 at VA1.
static void
check_replace_and_remove(struct PageInfo *p1, struct PageInfo *p2)
{
	subject = "page_insert, page_remove";
	require(page_insert(kern_pgdir, p1, VA1, PTE_W) == 0,
		"page_insert: fails, but this needs no memory");
	require_mapped(VA1, p1, PTE_W);
	require_refs(p1, 2);
	require_refs(p2, 0);
	require(page_alloc(0) == p2,
		"page_insert: does not free the page replaced");

	page_remove(kern_pgdir, VA0);
	require(entry_for(kern_pgdir, 0) == 0,
		"page_remove: the page is still there");
	require_mapped(VA1, p1, PTE_W);
	require_refs(p1, 1);
	require(page_lookup(kern_pgdir, VA0, NULL) == NULL,
		"page_lookup: finds a page that was removed");
	page_remove(kern_pgdir, VA0);
	require_refs(p1, 1);

	page_remove(kern_pgdir, VA1);
	require_refs(p1, 0);
	require(page_alloc(0) == p1, "page_remove: does not free the page");
	require(count_mapped(kern_pgdir[0]) == 0,
		"page_remove: a page is left");
}

// Remove the page table that the checks have made for addresses below PTSIZE.
static void
remove_table(struct PageInfo *table)
{
	require_refs(table, 1);
	require(count_mapped(kern_pgdir[0]) == 0, "page_remove: a page is "
		"still mapped");
	kern_pgdir[0] = 0;
	table->pp_ref = 0;
	tlbflush();
}

// ----------------------------------------------------------------- devices

static void
require_device(void *start, size_t size)
{
	const uintptr_t va = (uintptr_t) start;
	const int perm = PTE_PCD | PTE_PWT | PTE_W | PTE_P;

	require(va % PGSIZE == 0 && va >= MMIOBASE && va <= MMIOLIM - size,
		"mmio_map_region: %08x is not in its window", va);
	for (physaddr_t pa = 0; pa < size; pa += PGSIZE)
		require(entry_for(kern_pgdir, va + pa) == (pa | perm),
			"mmio_map_region: va %08x has entry %08x, not %08x",
			va + pa, entry_for(kern_pgdir, va + pa), pa | perm);
}

static void
unmap(void *va, size_t size)
{
	for (size_t done = 0; done < size; done += PGSIZE)
		*pgdir_walk(kern_pgdir, va + done, 0) = 0;
}

// Regions of two devices must not overlap, and must be mapped in whole.
static void
check_mmio(void)
{
	void *const one = mmio_map_region(0, PGSIZE + 1);
	void *const two = mmio_map_region(0, PGSIZE);

	require_device(one, 2 * PGSIZE);
	require_device(two, PGSIZE);
	require(two >= one + 2 * PGSIZE || one >= two + PGSIZE,
		"mmio_map_region: the regions overlap");
	require(entry_for(kern_pgdir, (uintptr_t) two + PGSIZE) == 0,
		"mmio_map_region: maps more than was asked for");
	unmap(one, 2 * PGSIZE);
	unmap(two, PGSIZE);
}

void
check_page(void)
{
	stage_enter();
	struct PageInfo *p1 = stage.pp[1], *p2 = stage.pp[2];

	check_no_table(p1);
	check_walk(stage.pp[0]);
	check_insert(p1, p2);
	check_insert_again(p2);
	check_replace_and_remove(p1, p2);
	remove_table(stage.pp[0]);
	stage_leave();

	if (lab->smp)
		check_mmio();
	cprintf("check_page() succeeded!\n");
}

// -------------------------------------------------- the kernel's address space

// How many of the n pages from va on, in va's page table, are mapped as `entry`
// says for the first one, to consecutive physical pages?
static size_t
count_alike(uintptr_t va, size_t n, pte_t entry)
{
	const pde_t pde = kern_pgdir[PDX(va)];

	const size_t most = MIN(n, (size_t) NPTENTRIES - PTX(va));
	if (!(pde & PTE_P) || (pde & PTE_PS)
	    || (entry & ~pde & (PTE_U | PTE_W)))
		return (pde & PTE_PS) && entry_for(kern_pgdir, va) == entry
			? most : 0;

	const pte_t *pte = (pte_t *) KADDR(PTE_ADDR(pde)) + PTX(va);
	size_t i = 0;
	while (i < most && pte[i] == entry + i * PGSIZE)
		i++;
	return i;
}

// Panic unless all of [va, va+size) is mapped to [pa, pa+size) with exactly
// these permissions.  Returns the number of pages.
static size_t
check_region(const char *what, uintptr_t va, size_t size, physaddr_t pa,
	int perm)
{
	for (size_t done = 0; done < size; done += PGSIZE) {
		// Skip pages that are right: entry_for is slower
		done += count_alike(va + done, (size - done) / PGSIZE,
			(pa + done) | perm | PTE_P) * PGSIZE;
		if (done >= size)
			break;

		const pte_t have = entry_for(kern_pgdir, va + done);
		const pte_t want = (pa + done) | perm | PTE_P;

		require(have == want, "mem_init, boot_map_region: %s: va %08x "
			"has page table entry %08x, not %08x", what, va + done,
			have, want);
	}
	return ROUNDUP(size, PGSIZE) / PGSIZE;
}

// Returns the number of pages of the kernel stacks.  Before lab 4, only CPU 0
// needs a stack, which may be bootstack.
static size_t
check_stacks(void)
{
	size_t n = 0;

	for (int i = 0; i < NCPU; i++) {
		const uintptr_t top = KSTACKTOP - i * (KSTKSIZE + KSTKGAP);
		const uintptr_t bottom = top - KSTKSIZE;
		const pte_t have = entry_for(kern_pgdir, bottom);
		physaddr_t pa = PADDR(percpu_kstacks[i]);

		if (!lab->smp && i > 0 && have == 0)
			continue;
		if (!lab->smp && i == 0
		    && PTE_ADDR(have) == PADDR(bootstack))
			pa = PADDR(bootstack);
		n += check_region("kernel stack", bottom, KSTKSIZE, pa, PTE_W);
	}
	return n;
}

// Panic unless programs can read the table at pa through the window at va.  The
// labs leave open whether the window ends with the table.  Returns how many
// pages are mapped there.
static size_t
check_window(const char *name, uintptr_t va, size_t size, physaddr_t pa)
{
	check_region(name, va, size, pa, PTE_U);
	return count_mapped(kern_pgdir[PDX(va)]);
}

// Check that everything is mapped that must be, and, by the number of pages
// below KERNBASE, that nothing else is.
void
check_kern_pgdir(void)
{
	size_t expected = 0, mapped = 0;

	const pde_t self = kern_pgdir[PDX(UVPT)];
	require(PTE_ADDR(self) == PADDR(kern_pgdir)
		&& (self & PERM_BITS) == (PTE_U | PTE_P),
		"mem_init: UVPT: directory entry is %08x", self);

	expected += check_window("UPAGES", UPAGES, npages * sizeof(*pages),
		PADDR(pages));
	require(envs || !lab->user, "'envs' is a null pointer!");
	if (lab->user || entry_for(kern_pgdir, UENVS) != 0)
		expected += check_window("UENVS", UENVS, NENV * sizeof(*envs),
			PADDR(envs));
	expected += check_stacks();
	// Fills its page tables, so that they map nothing else
	check_region("KERNBASE", KERNBASE, MAXPHYSMEM, 0, PTE_W);

	for (size_t i = 0; i < PDX(KERNBASE); i++)
		if (i != PDX(UVPT))
			mapped += count_mapped(kern_pgdir[i]);
	require(mapped == expected,
		"mem_init, boot_map_region: kern_pgdir maps %u pages, but "
		"should map %u (stack guard? behind the tables at UPAGES and "
		"UENVS?)", mapped, expected);
	cprintf("check_kern_pgdir() succeeded!\n");
}

// ---------------------------------------------------------------- the TLB
// Only using an address shows whether the TLB has a stale entry for it.

static volatile uint32_t *const live = VA1;

// Insert p2 in place of p1, which was just used.
static void
check_live_replace(struct PageInfo *p1, struct PageInfo *p2)
{
	subject = "page_insert";
	fill(p1, 1);
	fill(p2, 2);
	require(page_insert(kern_pgdir, p1, VA1, PTE_W) == 0
		&& *live == PATTERN(1), "page_insert: the page is not there");
	require(page_insert(kern_pgdir, p2, VA1, PTE_W) == 0
		&& *live == PATTERN(2),
		"page_insert: the processor still uses the page replaced");
	require_refs(p2, 1);
	require(page_alloc(0) == p1,
		"page_insert: does not free the page replaced");

	*live = PATTERN(3);
	require(*(uint32_t *) page2kva(p2) == PATTERN(3),
		"page_insert: writing misses the page");
}

// Change the permissions of pp, which was written to at VA1.  That clears the
// entry's dirty bit, and the next write sets it only if the processor reads the
// entry anew.
static void
check_live_permissions(struct PageInfo *pp)
{
	subject = "page_insert";
	require(page_insert(kern_pgdir, pp, VA1, 0) == 0,
		"page_insert: fails, but this needs no memory");
	(void) *live;
	require(page_insert(kern_pgdir, pp, VA1, PTE_W) == 0,
		"page_insert: fails, but this needs no memory");
	*live = PATTERN(4);
	require(*pgdir_walk(kern_pgdir, VA1, 0) & PTE_D,
		"page_insert: the processor still uses the old permissions");
	require_refs(pp, 1);
}

// Remove p2, and map p1 in its place by writing the entry.
static void
check_live_remove(struct PageInfo *p1, struct PageInfo *p2)
{
	subject = "page_remove";
	fill(p1, 5);
	page_remove(kern_pgdir, VA1);
	require(page_alloc(0) == p2, "page_remove: does not free the page");

	pte_t *pte = pgdir_walk(kern_pgdir, VA1, 0);
	*pte = page2pa(p1) | PTE_P;
	require(*live == PATTERN(5),
		"page_remove: the processor still uses the page removed");
	*pte = 0;
}

// Panic unless the kernel's code and constants are mapped read-only.
static void
check_constants(void)
{
	for (uintptr_t va = (uintptr_t) entry; va < (uintptr_t) etext;
	     va += PGSIZE) {
		const pte_t *pte = pgdir_walk(kern_pgdir, (void *) va, 0);

		require(pte && (*pte & PTE_P) && !(*pte & PTE_W),
			"the kernel's code at %08x can be written to", va);
	}
}

void
check_page_installed_pgdir(void)
{
	check_constants();
	stage_enter();
	struct PageInfo *p1 = stage.pp[1], *p2 = stage.pp[2];

	page_free(stage.pp[0]);		// for the page table
	check_live_replace(p1, p2);
	check_live_permissions(p2);
	check_live_remove(p1, p2);
	remove_table(stage.pp[0]);
	stage_leave();
	cprintf("check_page_installed_pgdir() succeeded!\n");
}
