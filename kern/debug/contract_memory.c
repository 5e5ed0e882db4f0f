// kern/debug/contract_memory.c - contracts of lab 2: kern/pmap.c.
//
// The checks of kern/debug/check.c panic during the boot at what the labs'
// tests look for.  These come after the boot, use a page directory of their own, and
// look at limits, errors, and what a function must leave alone.
//
// Entry points: contract_boot, contract_pages, contract_tables,
// contract_kernel_map.

#include <inc/error.h>
#include <inc/mmu.h>
#include <inc/string.h>
#include <inc/x86.h>

#include <kern/debug/contract.h>
#include <kern/dev/acpi.h>
#include <kern/env.h>
#include <kern/lab.h>
#include <kern/pmap.h>

// What is static in kern/pmap.c; not there in a kern/pmap.c from elsewhere
extern void *(*const contract_boot_alloc)(uint32_t n) __attribute__((weak));
extern void (*const contract_boot_map_region)(pde_t *pgdir, uintptr_t va,
	size_t size, physaddr_t pa, int perm) __attribute__((weak));

// --------------------------------------------------------------- boot_alloc

static void
call_boot_alloc(void *n)
{
	contract_boot_alloc((uint32_t) n);
}

static void
expect_boot_alloc(uint32_t n, uintptr_t expected)
{
	const uintptr_t got = (uintptr_t) contract_boot_alloc(n);

	expect(got == expected, "of %u bytes should return %08x, and returns "
		"%08x", n, expected, got);
}

static void
expect_no_boot_memory(uint32_t n)
{
	expect(panic_of(call_boot_alloc, (void *) n) != NULL,
		"of %u bytes should panic: there is not that much memory", n);
}

void
contract_boot(void)
{
	look_at("boot_alloc", "lab 2, exercise 1; kern/pmap.c");
	if (!&contract_boot_alloc)
		return;

	uintptr_t next = (uintptr_t) contract_boot_alloc(0);
	const uintptr_t limit = KERNBASE
		+ MIN(npages * PGSIZE, (size_t) ENTRYMAPSIZE);

	expect(next % PGSIZE == 0, "should return the start of a page, and "
		"returns %08x", next);
	expect(next >= ROUNDUP((uintptr_t) (pages + npages), PGSIZE),
		"returns %08x, which is in pages[]", next);
	next = ROUNDUP(next, PGSIZE);
	expect_boot_alloc(0, next);
	expect_boot_alloc(1, next);
	expect_boot_alloc(0, next += PGSIZE);
	expect_boot_alloc(PGSIZE, next);
	expect_boot_alloc(PGSIZE + 1, next += PGSIZE);
	expect_boot_alloc(PGSIZE - 1, next += 2 * PGSIZE);
	expect_boot_alloc(0, next += PGSIZE);

	expect_no_boot_memory(0xFFFFFFFF);
	expect_no_boot_memory(0xFFFFF000);
	expect_no_boot_memory(-next);
	expect_no_boot_memory(-next + KERNBASE + EXTPHYSMEM);
	expect_no_boot_memory(npages * PGSIZE);
	expect_no_boot_memory(npages * PGSIZE - (next - KERNBASE) + 1);
	expect_boot_alloc(0, next);

	// All that is mapped so far; then nothing is left, if that is all
	const char *said = panic_of(call_boot_alloc, (void *) (limit - next));
	expect(said == NULL, "panics though %u bytes are left: %s",
		limit - next, said);
	expect_boot_alloc(0, limit);
	if (limit == KERNBASE + npages * PGSIZE)
		expect_no_boot_memory(1);
}

// ------------------------------------------------------------ the free list

static uint8_t is_free[MAXPHYSMEM / PGSIZE / 8];	// a bit for each page

static bool
on_free_list(size_t n)
{
	return is_free[n / 8] & 1 << n % 8;
}

// Fill in is_free.
static void
find_free_pages(void)
{
	memset(is_free, 0, sizeof(is_free));
	for (struct PageInfo *pp = page_free_list; pp; pp = pp->pp_link) {
		const size_t n = pp - pages;

		expect(is_page_info(pp), "the free list leads to %08x, which "
			"is not in pages[]", (uintptr_t) pp);
		if (!is_page_info(pp))
			break;
		expect(!on_free_list(n), "page %08x is on the free list twice",
			n * PGSIZE);
		if (on_free_list(n))
			break;
		is_free[n / 8] |= 1 << n % 8;
	}
	for (struct PageInfo *pp = zeroed_tables; pp; pp = pp->pp_link)
		is_free[(pp - pages) / 8] |= 1 << (pp - pages) % 8;
}

// Is it in use?  Before there are programs, only as a page table of kern_pgdir.
static bool
in_use(size_t n)
{
	if (lab->user)
		return pages[n].pp_ref > 0;
	for (size_t i = 0; i < NPDENTRIES; i++)
		if ((kern_pgdir[i] & PTE_P) && PGNUM(kern_pgdir[i]) == n)
			return true;
	return false;
}

// Pages [from, to) must all be on the free list or in use, or all kept from it.
static void
expect_pages(const char *what, size_t from, size_t to, bool kept)
{
	size_t wrong = 0, first = 0;

	for (size_t n = from; n < to; n++) {
		const bool good = kept ? !on_free_list(n)
			: on_free_list(n) || in_use(n);

		if (!good && wrong++ == 0)
			first = n;
	}
	expect(wrong == 0, kept ? "%s should not be free, and %u pages from "
		"%08x on are" : "%s should be free or in use, and %u pages "
		"from %08x on are lost", what, wrong, first * PGSIZE);
}

// The tables that firmware leaves at the top of memory may be kept.
static void
contract_page_init(void)
{
	const size_t mpentry = PGNUM(MPENTRY_PADDR);
	size_t boot_end = PGNUM(ROUNDUP(PADDR(pages + npages), PGSIZE));
	size_t firmware = PGNUM(acpi_tables_start);

	look_at("page_init", "lab 2, exercise 1; kern/pmap.c");
	if (envs)
		boot_end = PGNUM(ROUNDUP(PADDR(envs + NENV), PGSIZE));
	if (firmware <= boot_end || firmware > npages)
		firmware = npages;
	find_free_pages();
	expect_pages("page 0", 0, 1, true);
	expect_pages("base memory", 1, mpentry, false);
	if (lab->smp)
		expect_pages("the page at MPENTRY_PADDR", mpentry, mpentry + 1,
			true);
	expect_pages("base memory", mpentry + 1, npages_basemem, false);
	expect_pages("the device hole", PGNUM(IOPHYSMEM), PGNUM(EXTPHYSMEM),
		true);
	expect_pages("the kernel and what boot_alloc gave away",
		PGNUM(EXTPHYSMEM), boot_end, true);
	expect_pages("extended memory", boot_end, firmware, false);
}

// ----------------------------------------------------- page_alloc, page_free

static struct PageInfo *hidden, *hidden_tables;

void
hide_pages(void)
{
	hidden = page_free_list;
	hidden_tables = zeroed_tables;
	page_free_list = zeroed_tables = NULL;
}

void
show_pages(void)
{
	struct PageInfo **end = &page_free_list;

	while (*end)
		end = &(*end)->pp_link;
	*end = hidden;
	zeroed_tables = hidden_tables;
}

// Does the page consist of this byte?
static bool
holds(const struct PageInfo *pp, uint8_t byte)
{
	const uint8_t *p = page2kva(pp);

	for (int i = 0; i < PGSIZE; i++)
		if (p[i] != byte)
			return false;
	return true;
}

static void
call_page_free(void *pp)
{
	page_free(pp);
}

static void
expect_free_panics(struct PageInfo *pp, const char *what)
{
	struct PageInfo *const list = page_free_list;

	expect(panic_of(call_page_free, pp) != NULL,
		"should panic: the page %s", what);
	page_free_list = list;		// in case it does not
}

// One page is free, and then none.
static void
contract_page_alloc(struct PageInfo *p, struct PageInfo *neighbour)
{
	look_at("page_alloc", "lab 2, exercise 1; kern/pmap.c");
	expect(page_alloc(0) == NULL && page_alloc(ALLOC_ZERO) == NULL,
		"should return NULL when no page is free");

	memset(page2kva(p), 0xA5, PGSIZE);
	memset(page2kva(neighbour), 0x5A, PGSIZE);
	p->pp_link = NULL;
	page_free_list = p;
	expect(page_alloc(0) == p, "does not return the only free page");
	expect(page_free_list == NULL, "leaves the page on the free list");
	expect(p->pp_ref == 0, "should leave pp_ref 0, for the caller counts "
		"references; it is %d", p->pp_ref);
	expect(holds(p, 0xA5), "changes the page without ALLOC_ZERO");

	neighbour->pp_link = NULL;
	p->pp_link = neighbour;
	page_free_list = p;
	expect(page_alloc(ALLOC_ZERO) == p && page_free_list == neighbour,
		"should take the first page off the free list, and no other");
	expect(p->pp_link == NULL, "should leave pp_link NULL");
	expect(holds(p, 0), "ALLOC_ZERO should fill the page with zeros");
	expect(p->pp_ref == 0, "with ALLOC_ZERO should leave pp_ref 0, not %d",
		p->pp_ref);
	expect(holds(neighbour, 0x5A), "with ALLOC_ZERO changes another page");
	expect(page_alloc(0) == neighbour && neighbour->pp_link == NULL,
		"should return the last free page, with pp_link NULL");
	page_free_list = NULL;
	p->pp_ref = 0;
}

static void
contract_page_free(struct PageInfo *p, struct PageInfo *q)
{
	look_at("page_free", "lab 2, exercise 1; kern/pmap.c");
	page_free(p);
	expect(page_free_list == p && p->pp_link == NULL,
		"should put the page on the empty free list");
	expect_free_panics(p, "is on the free list already, alone");
	page_free(q);
	find_free_pages();
	expect(on_free_list(p - pages) && on_free_list(q - pages),
		"should put a page on the free list, and leave those there");
	expect(q->pp_ref == 0, "changes pp_ref");
	expect_free_panics(page_free_list, "is on the free list already");
	while (page_free_list)
		page_alloc(0);

	for (int refs = 1; refs < 0x10000; refs *= 0x101) {
		p->pp_ref = refs;
		expect_free_panics(p, refs == 1 ? "has a reference"
			: "has references");
	}
	p->pp_ref = 0;
	p->pp_link = q;
	expect_free_panics(p, "has a pp_link, so it is free already");
	p->pp_link = NULL;
	page_free_list = NULL;
}

// Two pages side by side, both free; their neighbours may not be.
static struct PageInfo *
two_pages(void)
{
	find_free_pages();
	for (size_t n = npages - 1; n > PGNUM(EXTPHYSMEM); n--)
		if (on_free_list(n - 1) && on_free_list(n))
			return &pages[n - 1];
	return NULL;
}

// Take pp off the free list, wherever it is.
static void
take_page(struct PageInfo *pp)
{
	struct PageInfo **link = &page_free_list;

	while (*link && *link != pp)
		link = &(*link)->pp_link;
	if (*link)
		*link = pp->pp_link;
	pp->pp_link = NULL;
}

void
contract_pages(void)
{
	contract_page_init();

	struct PageInfo *const p = two_pages();

	if (!p)
		return;
	take_page(p);
	take_page(p + 1);
	hide_pages();
	contract_page_alloc(p, p + 1);
	contract_page_free(p, p + 1);
	show_pages();
	page_free(p);
	page_free(p + 1);
}

// -------------------------------------------------------------- page tables

// What both levels say of va, without the bits that the processor sets
static pte_t
entry_of(const pde_t *pgdir, uintptr_t va)
{
	const pde_t pde = pgdir[PDX(va)];

	if (!(pde & PTE_P))
		return 0;
	if (pde & PTE_PS)		// 4 MiB: bits 21 to 12 are from va
		return (pde + PTX(va) * PGSIZE) & ~(PTE_A | PTE_D | PTE_PS);
	return ((pte_t *) KADDR(PTE_ADDR(pde)))[PTX(va)] & ~(PTE_A | PTE_D);
}

static void
expect_entry(const pde_t *pgdir, uintptr_t va, pte_t expected)
{
	const pte_t got = entry_of(pgdir, va);

	expect(got == expected, "the entry of %08x should be %08x, and is "
		"%08x", va, expected, got);
}

static void
expect_refs(const char *what, const struct PageInfo *pp, int refs)
{
	expect(pp->pp_ref == refs, "%s: pp_ref should be %d, and is %d", what,
		refs, pp->pp_ref);
}

// No table below UTOP but one for each of these addresses
static void
expect_tables(const pde_t *pgdir, uintptr_t va1, uintptr_t va2)
{
	for (size_t i = 0; i < NPDENTRIES; i++)
		expect(pgdir[i] == 0 || i == PDX(va1) || i == PDX(va2),
			"makes an entry %03x in the page directory: %08x", i,
			pgdir[i]);
}

static struct PageInfo *
take_first(void)
{
	struct PageInfo *pp = page_free_list;

	if (!pp)
		panic("no page is free for a check");
	page_free_list = pp->pp_link;
	pp->pp_link = NULL;
	pp->pp_ref = 0;
	return pp;
}

static void
give_back(struct PageInfo *pp)
{
	pp->pp_ref = 0;
	pp->pp_link = page_free_list;
	page_free_list = pp;
}

// Give back the tables of pgdir.
static void
drop_tables(pde_t *pgdir)
{
	for (size_t i = 0; i < NPDENTRIES; i++)
		if (pgdir[i] & PTE_P) {
			give_back(pa2page(PTE_ADDR(pgdir[i])));
			pgdir[i] = 0;
		}
}

#define VA	0x00c01000u		// in the middle of a table
#define VA_OFF	0x00c01234u		// in that page

static void
contract_walk(pde_t *pgdir)
{
	look_at("pgdir_walk", "lab 2, exercise 4; kern/pmap.c");
	expect(pgdir_walk(pgdir, (void *) VA, 0) == NULL,
		"with create 0 should return NULL where no table is");
	expect_tables(pgdir, 0, 0);

	hide_pages();
	expect(pgdir_walk(pgdir, (void *) VA, 1) == NULL,
		"should return NULL when there is no memory for a table");
	expect(pgdir[PDX(VA)] == 0, "should leave the directory alone when "
		"there is no memory");
	show_pages();

	memset(page2kva(page_free_list), 0xFF, PGSIZE);
	pte_t *const pte = pgdir_walk(pgdir, (void *) VA_OFF, 1);
	const pde_t pde = pgdir[PDX(VA)];

	expect((pde & (PTE_P | PTE_W | PTE_U | PTE_PS))
		== (PTE_P | PTE_W | PTE_U), "should make a directory entry "
		"that allows everything, for the table decides; it is %08x",
		pde);
	if (!(pde & PTE_P))
		return;
	expect_tables(pgdir, VA, VA);
	expect(holds(pa2page(PTE_ADDR(pde)), 0), "should make a table of "
		"zeros");
	expect_refs("of a new table", pa2page(PTE_ADDR(pde)), 1);
	expect(pte == (pte_t *) KADDR(PTE_ADDR(pde)) + PTX(VA),
		"should return the kernel address of the entry of %08x, %08x; "
		"returns %08x", VA_OFF,
		(uintptr_t) ((pte_t *) KADDR(PTE_ADDR(pde)) + PTX(VA)),
		(uintptr_t) pte);

	// A table that is there stays as it is
	struct PageInfo *const first = page_free_list;
	*pte = 0x1000;
	for (int create = 0; create < 2; create++)
		expect(pgdir_walk(pgdir, (void *) VA, create) == pte
			&& pgdir[PDX(VA)] == pde && *pte == 0x1000
			&& page_free_list == first,
			"should find a table that is there, and not change it");
	expect_refs("of a table that is there",
		pa2page(PTE_ADDR(pde)), 1);
	*pte = 0;
	expect(pgdir_walk(pgdir, (void *) (VA + PTSIZE), 2) != NULL,
		"with create 2, which is not 0, should make a table");
	drop_tables(pgdir);
}

static void
map_and_expect(pde_t *pgdir, uintptr_t va, size_t n, physaddr_t pa, int perm)
{
	contract_boot_map_region(pgdir, va, n * PGSIZE, pa, perm);
	for (size_t i = 0; i < n; i++)
		expect_entry(pgdir, va + i * PGSIZE,
			(pa + i * PGSIZE) | perm | PTE_P);
	expect_entry(pgdir, va - PGSIZE, 0);
	if (va + n * PGSIZE != 0)
		expect_entry(pgdir, va + n * PGSIZE, 0);
	drop_tables(pgdir);
}

static void
contract_map_region(pde_t *pgdir)
{
	const int refs = pages[1].pp_ref;

	look_at("boot_map_region", "lab 2, exercise 4; kern/pmap.c");
	if (!&contract_boot_map_region)
		return;
	map_and_expect(pgdir, VA, 1, 0x1000, PTE_W);
	map_and_expect(pgdir, VA, 3, 0, PTE_U);
	map_and_expect(pgdir, VA, 1, 0xFEE00000, PTE_W | PTE_PCD | PTE_PWT);
	map_and_expect(pgdir, 2 * PTSIZE - PGSIZE, 2, 0x5000, PTE_U | PTE_W);
	map_and_expect(pgdir, PTSIZE, NPTENTRIES + 1, 0x10000, 0);
	map_and_expect(pgdir, VA, 0, 0x5000, PTE_W);
	// Up to the end of the address space
	map_and_expect(pgdir, 0 - PGSIZE, 1, 0x7000, PTE_W);
	map_and_expect(pgdir, 0 - 2 * PGSIZE, 2, 0x7000, PTE_W);
	map_and_expect(pgdir, 0 - 2 * PTSIZE, 2 * NPTENTRIES, 0, PTE_W);
	expect(pages[1].pp_ref == refs, "should not count references");

	// In place of what is mapped there
	contract_boot_map_region(pgdir, VA, PGSIZE, 0x6000, PTE_W);
	map_and_expect(pgdir, VA, 1, 0x1000, PTE_U);
}

static void
contract_lookup(pde_t *pgdir, struct PageInfo *p)
{
	pte_t *pte = (pte_t *) 1;

	look_at("page_lookup", "lab 2, exercise 4; kern/pmap.c");
	expect(page_lookup(pgdir, (void *) VA, &pte) == NULL
		&& page_lookup(pgdir, (void *) VA, NULL) == NULL,
		"should return NULL where no table is");
	expect_tables(pgdir, 0, 0);

	pte_t *const want = pgdir_walk(pgdir, (void *) VA, 1);

	expect(page_lookup(pgdir, (void *) VA, &pte) == NULL,
		"should return NULL where the table has no page");
	*want = page2pa(p);
	expect(page_lookup(pgdir, (void *) VA, &pte) == NULL,
		"should return NULL for an entry without PTE_P");
	*want = page2pa(p) | PTE_P | PTE_AVAIL;
	p->pp_ref = 1;
	expect(page_lookup(pgdir, (void *) VA_OFF, NULL) == p,
		"should return the page, also when pte_store is NULL");
	pte = NULL;
	expect(page_lookup(pgdir, (void *) VA_OFF, &pte) == p && pte == want,
		"should store the address of the entry, %08x; stores %08x",
		(uintptr_t) want, (uintptr_t) pte);
	expect_refs("page_lookup counts no reference", p, 1);
	expect(*want == (page2pa(p) | PTE_P | PTE_AVAIL),
		"should not change the entry");
	p->pp_ref = 0;
	drop_tables(pgdir);
}

static void
expect_insert(pde_t *pgdir, struct PageInfo *pp, uintptr_t va, int perm,
	int refs)
{
	const int r = page_insert(pgdir, pp, (void *) va, perm);

	expect(r == 0, "should return 0, and returns %d", r);
	expect_entry(pgdir, va, page2pa(pp) | perm | PTE_P);
	expect_refs("of the page inserted", pp, refs);
}

static bool
is_free_now(const struct PageInfo *pp)
{
	find_free_pages();
	return on_free_list(pp - pages);
}

static void
contract_insert(pde_t *pgdir, struct PageInfo *p, struct PageInfo *q)
{
	look_at("page_insert", "lab 2, exercise 4; kern/pmap.c");
	hide_pages();
	int r = page_insert(pgdir, p, (void *) VA, PTE_W);
	expect(r == -E_NO_MEM, "should return -E_NO_MEM when there is no "
		"memory for a table, and returns %d", r);
	expect_refs("of a page that could not be inserted", p, 0);
	expect(pgdir[PDX(VA)] == 0, "should leave the directory alone when "
		"there is no memory");
	show_pages();

	expect_insert(pgdir, p, VA, PTE_W | PTE_U, 1);
	expect_tables(pgdir, VA, VA);
	expect(!is_free_now(p), "frees the page that it maps");

	// Again at the same address: only the permissions change
	for (int perm = 0; perm < 8; perm += 2) {
		expect_insert(pgdir, p, VA, perm, 1);
		expect(!is_free_now(p), "frees a page that is inserted again "
			"at the same address");
	}
	expect_insert(pgdir, p, VA, PTE_AVAIL | PTE_U, 1);
	expect_insert(pgdir, p, VA + PGSIZE, PTE_U, 2);
	expect_insert(pgdir, p, VA, PTE_W, 2);

	// Another page in its place
	expect_insert(pgdir, q, VA, PTE_U, 1);
	expect_refs("of a page that was replaced, and is mapped elsewhere", p,
		1);
	expect(!is_free_now(p), "frees a page that is mapped elsewhere");
	expect_entry(pgdir, VA + PGSIZE, page2pa(p) | PTE_U | PTE_P);
	expect_insert(pgdir, q, VA + PGSIZE, PTE_U, 2);
	expect_refs("of a page that was replaced", p, 0);
	expect(is_free_now(p), "should free a page that was replaced, when "
		"that was its last reference");
	take_page(p);
	p->pp_ref = 0;

	// An entry that is not present, whatever else is in it, maps nothing
	pte_t *const absent = pgdir_walk(pgdir, (void *) (VA + 2 * PGSIZE), 0);
	if (absent) {
		*absent = page2pa(p) | PTE_W;
		expect_insert(pgdir, p, VA + 2 * PGSIZE, PTE_U, 1);
	}

	p->pp_ref = q->pp_ref = 0;
	drop_tables(pgdir);
}

static void
contract_remove(pde_t *pgdir, struct PageInfo *p, struct PageInfo *q)
{
	look_at("page_remove", "lab 2, exercise 4; kern/pmap.c");
	page_remove(pgdir, (void *) VA);
	expect_tables(pgdir, 0, 0);

	pte_t *const pte = pgdir_walk(pgdir, (void *) VA, 1);
	pte[0] = pte[1] = page2pa(p) | PTE_P | PTE_U | PTE_W;
	pte[2] = page2pa(q) | PTE_P;
	p->pp_ref = 2;
	q->pp_ref = 1;
	page_remove(pgdir, (void *) VA_OFF);
	expect_entry(pgdir, VA, 0);
	expect_refs("of a page that is still mapped elsewhere", p, 1);
	expect(!is_free_now(p), "frees a page that is mapped elsewhere");
	expect_entry(pgdir, VA + PGSIZE, page2pa(p) | PTE_P | PTE_U | PTE_W);
	page_remove(pgdir, (void *) VA);
	expect_refs("page_remove where no page is", p, 1);

	page_remove(pgdir, (void *) (VA + PGSIZE));
	expect_entry(pgdir, VA + PGSIZE, 0);
	expect_refs("of a page that is not mapped any more", p, 0);
	expect(is_free_now(p), "should free a page with its last reference");
	expect_entry(pgdir, VA + 2 * PGSIZE, page2pa(q) | PTE_P);
	expect_refs("of another page", q, 1);
	expect(pgdir[PDX(VA)] != 0, "should not remove the page table");
	take_page(p);
	p->pp_ref = q->pp_ref = 0;
	drop_tables(pgdir);
}

// The processor must see at once what changes in the directory that it uses,
// which need not be kern_pgdir.  An entry's dirty bit shows whether it read the
// entry anew.
static void
contract_tlb(pde_t *pgdir, struct PageInfo *p, struct PageInfo *q)
{
	const physaddr_t cr3 = rcr3();
	volatile uint32_t *const word = (uint32_t *) VA;
	const char *const where = "lab 2, exercise 4; kern/pmap.c";

	look_at("page_insert", where);
	*(uint32_t *) page2kva(p) = 1;
	*(uint32_t *) page2kva(q) = 2;
	p->pp_ref = q->pp_ref = 1;		// so that they stay
	memcpy(pgdir, kern_pgdir, PGSIZE);
	lcr3(PADDR(pgdir));
	page_insert(pgdir, p, (void *) VA, PTE_W);
	*word = 1;
	page_insert(pgdir, p, (void *) VA, PTE_W);
	*word = 1;
	expect(*pgdir_walk(pgdir, (void *) VA, 0) & PTE_D,
		"should invalidate the TLB when permissions change");
	page_insert(pgdir, q, (void *) VA, PTE_W);
	expect(*word == 2, "should invalidate the TLB when another page "
		"comes");

	look_at("page_remove", where);
	invlpg((void *) VA);		// whatever page_insert did
	(void) *word;
	page_remove(pgdir, (void *) VA);
	*pgdir_walk(pgdir, (void *) VA, 1) = page2pa(p) | PTE_P | PTE_W;
	expect(*word == 1, "should invalidate the TLB");
	*pgdir_walk(pgdir, (void *) VA, 1) = 0;
	lcr3(cr3);
	give_back(pa2page(PTE_ADDR(pgdir[PDX(VA)])));
	p->pp_ref = q->pp_ref = 0;
}

void
contract_tables(void)
{
	struct PageInfo *const dir = take_first();
	struct PageInfo *const p = take_first(), *const q = take_first();
	pde_t *const pgdir = page2kva(dir);

	memset(pgdir, 0, PGSIZE);
	contract_walk(pgdir);
	contract_map_region(pgdir);
	contract_lookup(pgdir, p);
	contract_insert(pgdir, p, q);
	contract_remove(pgdir, p, q);
	contract_tlb(pgdir, p, q);
	give_back(p);
	give_back(q);
	give_back(dir);
}

// ------------------------------------------------- the kernel's address space

// All of [va, va+size), and no more: the page behind it is not mapped.
static void
expect_mapped(const char *what, uintptr_t va, size_t size, physaddr_t pa,
	int perm)
{
	for (size_t done = 0; done < size; done += PGSIZE) {
		const pte_t got = entry_of(kern_pgdir, va + done);
		const pte_t both = got & kern_pgdir[PDX(va + done)];

		expect(PTE_ADDR(got) == pa + done && (got & PTE_P)
			&& (both & (PTE_W | PTE_U)) == (pte_t) perm,
			"%s: the entry of %08x should be %08x, and is %08x",
			what, va + done, (pa + done) | perm | PTE_P, got);
		if (PTE_ADDR(got) != pa + done)
			return;
	}
}

void
contract_kernel_map(void)
{
	look_at("mem_init", "lab 2, exercises 1 and 5; kern/pmap.c");
	expect_mapped("pages[] at UPAGES", UPAGES, npages * sizeof(*pages),
		PADDR(pages), PTE_U);
	const uintptr_t behind = ROUNDUP((uintptr_t) end, PGSIZE);
	expect_mapped("physical memory at KERNBASE", behind, 0 - behind,
		PADDR(behind), PTE_W);
	expect((kern_pgdir[PDX(UVPT)] & ~(PTE_A | PTE_D))
		== (PADDR(kern_pgdir) | PTE_U | PTE_P),
		"the entry of UVPT should be %08x, and is %08x",
		PADDR(kern_pgdir) | PTE_U | PTE_P, kern_pgdir[PDX(UVPT)]);
	expect(lab->user || rcr3() == PADDR(kern_pgdir),
		"should load kern_pgdir");
	expect(entry_of(kern_pgdir, KSTACKTOP - KSTKSIZE - PGSIZE) == 0,
		"nothing should be mapped below the kernel stack");
	expect(entry_of(kern_pgdir, 0) == 0 && kern_pgdir[0] == 0,
		"nothing should be mapped at 0");
	for (size_t n = 0; n < npages && !lab->user; n++)
		if (pages[n].pp_ref > 1) {
			expect(false, "page %08x should have one reference at "
				"most after the boot, and has %d: was pages[] "
				"filled with zeros?", n * PGSIZE,
				pages[n].pp_ref);
			break;
		}
}
