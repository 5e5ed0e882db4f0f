// user/check/pagecalls.c - what sys_page_alloc, sys_page_map and sys_page_unmap
// do when they succeed: which page, with which permissions, in whose memory,
// and how often it is counted.

#include <user/check/thread.h>

#define EX7	"lab 4, exercise 7; kern/syscall.c"

#define BITS	(PTE_SYSCALL)

static envid_t child;

// Permissions of the mapping at va; 0 if there is none
static int
perm_of(const void *va)
{
	return entry_of(va) & BITS;
}

static void
expect_perm(const char *what, const void *va, int want)
{
	expect(perm_of(va) == want, "%s: expected a mapping with permissions "
		"%03x, got %03x", what, want, perm_of(va));
	expect(page_is_mapped(va)
		? !(uvpt[PGNUM(va)] & (PTE_PWT | PTE_PCD | PTE_G)) : !want,
		"%s: the mapping has other bits: %08x", what,
		page_is_mapped(va) ? uvpt[PGNUM(va)] : 0);
}

// The number of the page that env maps at va, found by mapping it here; 0 if
// there is none.
static uint32_t
page_in(envid_t env, const void *va)
{
	uint32_t page = 0;

	if (sys_page_map(env, (void *) va, 0, LOOK, RO) == 0
	    && page_is_mapped(LOOK))
		page = PGNUM(uvpt[PGNUM(LOOK)]);
	sys_page_unmap(0, LOOK);
	return page;
}

static uint32_t
page_here(const void *va)
{
	return page_is_mapped(va) ? PGNUM(uvpt[PGNUM(va)]) : 0;
}

static bool
is_zero(const void *va)
{
	const uint32_t *word = va;

	for (unsigned i = 0; i < PGSIZE / sizeof(*word); i++)
		if (word[i])
			return false;
	return true;
}

// ------------------------------------------------------------ sys_page_alloc

static void
alloc_perms(void)
{
	static const int perms[] = {
		RW, RO, RO | PTE_AVAIL, RW | PTE_AVAIL, RO | 0x200, RW | 0x800
	};

	for (size_t i = 0; i < ARRAY_SIZE(perms); i++) {
		expect_result("valid arguments",
			call(SYS_page_alloc, 0, (uint32_t) NOPAGE, perms[i], 0,
			0), 0);
		expect_perm("sys_page_alloc", NOPAGE, perms[i]);
		expect(refs_of(NOPAGE) == 1, "the new page has pp_ref %d, "
			"not 1", refs_of(NOPAGE));
	}
	sys_page_unmap(0, NOPAGE);
}

// A page that was written to, freed and allocated again
static void
alloc_zeroed(void)
{
	static char *const place[] = { PAGE, PLACE, NOPAGE };
	bool zero = true;

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(place); i++) {
			sys_page_alloc(0, place[i], RW);
			if (!page_is_mapped(place[i]) || !(perm_of(place[i])
				& PTE_W))
				return;		// complained about already
			zero = zero && is_zero(place[i]);
			memset(place[i], 0x55, PGSIZE);
		}
		for (size_t i = 0; i < ARRAY_SIZE(place); i++)
			sys_page_unmap(0, place[i]);
	}
	expect(zero, "a new page holds what was in it before, not zeros "
		"(ALLOC_ZERO)");
}

// In place of a page that is mapped
static void
alloc_again(void)
{
	sys_page_alloc(0, PAGE, RW);
	sys_page_map(0, PAGE, 0, PLACE, RO);

	const uint32_t old = page_here(PAGE);
	const int free = free_pages();

	expect_result("an address where a page is mapped",
		call(SYS_page_alloc, 0, (uint32_t) PAGE, RW, 0, 0), 0);
	expect(page_here(PAGE) != old && page_here(PAGE),
		"the page that was mapped at the address is still there");
	expect(pages[old].pp_ref == 1, "the page that was mapped there has "
		"pp_ref %d, expected 1 less than 2", pages[old].pp_ref);
	sys_page_alloc(0, PLACE, RW);	// and now the old page is free
	expect(free_pages() == free - 1, "pages that were replaced: %d are "
		"free, expected %d", free_pages(), free - 1);
	sys_page_unmap(0, PLACE);
	sys_page_unmap(0, PAGE);
}

static void
alloc_for_child(void)
{
	const int r = call(SYS_page_alloc, child, (uint32_t) PLACE, RW, 0, 0);

	expect_result("for a child", r, 0);
	expect(!page_is_mapped(PLACE),
		"the page for a child is mapped in the caller");
	expect(page_in(child, PLACE), "the page for a child is not mapped in "
		"the child");
	sys_page_unmap(child, PLACE);
	sys_page_unmap(0, PLACE);
}

static void
alloc_edges(void)
{
	static const uint32_t edge[] = { 0, UTOP - 2 * PGSIZE, 0x7FFFF000,
		0x80000000 };

	for (size_t i = 0; i < ARRAY_SIZE(edge); i++) {
		const int r = call(SYS_page_alloc, child, edge[i], RW, 0, 0);

		expect(r == 0, "address %08x: expected 0, got %s", edge[i],
			result_name(r));
		sys_page_unmap(child, (void *) edge[i]);
	}
}

// -------------------------------------------------------------- sys_page_map

static void
map_here(void)
{
	sys_page_alloc(0, PAGE, RW);
	*PAGE = 17;
	expect_result("a page of the caller", call(SYS_page_map, 0,
		(uint32_t) PAGE, 0, (uint32_t) PLACE, RW), 0);
	expect(page_here(PAGE), "the source is no longer mapped");
	expect(page_here(PLACE) && page_here(PLACE) == page_here(PAGE),
		"source and destination are not one page");
	if (page_here(PAGE))
		expect(refs_of(PAGE) == 2, "the page has pp_ref %d, not 2",
			refs_of(PAGE));
	expect_perm("with PTE_W", PLACE, RW);
	if (perm_of(PLACE) == RW && page_here(PAGE)) {
		*PLACE = 18;
		expect(*PAGE == 18, "the destination is a copy of the page");
	}
	expect_perm("the source keeps its permissions", PAGE, RW);

	expect_result("an address where that page is mapped",
		call(SYS_page_map, 0, (uint32_t) PAGE, 0, (uint32_t) PLACE, RO
		| PTE_AVAIL), 0);
	expect_perm("read-only, with PTE_AVAIL", PLACE, RO | PTE_AVAIL);
	if (page_here(PAGE))
		expect(refs_of(PAGE) == 2, "the page, mapped again in place, "
			"has pp_ref %d, not 2", refs_of(PAGE));
	sys_page_unmap(0, PLACE);
	if (page_here(PAGE))
		expect(refs_of(PAGE) == 1, "the page has pp_ref %d, not 1, "
			"when one mapping is left", refs_of(PAGE));
}

// In place: the new permissions hold from the next access on.
static void
map_in_place(void)
{
	sys_page_alloc(0, PAGE, RW);
	*PAGE = 1;
	expect_result("in place", call(SYS_page_map, 0, (uint32_t) PAGE, 0,
		(uint32_t) PAGE, RO), 0);
	expect_perm("read-only, in place", PAGE, RO);
	expect_result("a read-only page without PTE_W",
		call(SYS_page_map, 0, (uint32_t) PAGE, 0, (uint32_t) PLACE,
		RO), 0);
	expect_perm("a read-only page", PLACE, RO);
	sys_page_unmap(0, PLACE);
	sys_page_alloc(0, PAGE, RW);
}

static void
map_replaces(void)
{
	sys_page_alloc(0, PAGE, RW);
	sys_page_alloc(0, PLACE, RW);

	const int free = free_pages();

	expect_result("an address where another page is mapped",
		call(SYS_page_map, 0, (uint32_t) PAGE, 0, (uint32_t) PLACE,
		RW), 0);
	expect(page_here(PLACE) == page_here(PAGE),
		"the page that was mapped at the destination is still there");
	expect(free_pages() == free + 1, "the page that was replaced is not "
		"free: %d pages are, expected %d", free_pages(), free + 1);
	sys_page_unmap(0, PLACE);
}

static void
map_child(void)
{
	sys_page_alloc(0, PAGE, RW);
	expect_result("to a child", call(SYS_page_map, 0, (uint32_t) PAGE,
		child, (uint32_t) PLACE, RW), 0);
	expect(page_in(child, PLACE) == page_here(PAGE),
		"a page for a child is not mapped in the child");
	expect(!page_is_mapped(PLACE),
		"a page for a child is mapped in the caller");

	// And back from the child, where the caller has another page
	sys_page_alloc(0, PLACE, RW);
	const uint32_t other = page_here(PLACE);

	expect_result("from a child", call(SYS_page_map, child,
		(uint32_t) PLACE, 0, (uint32_t) NOPAGE, RW), 0);
	expect(page_here(NOPAGE) == page_here(PAGE) && page_here(PAGE),
		"a page of a child is not the one that is mapped");
	expect(page_here(PLACE) == other,
		"a page of a child: the caller's own mapping has changed");
	expect_result("within a child", call(SYS_page_map, child,
		(uint32_t) PLACE, child, (uint32_t) ROPAGE, RO), 0);
	expect(page_in(child, ROPAGE) == page_here(PAGE),
		"within a child, the page is not mapped");

	// With one's own id in place of 0, and address 0
	const envid_t me = sys_getenvid();

	expect_result("to address 0, by one's own id", call(SYS_page_map, me,
		(uint32_t) PAGE, me, 0, RO), 0);
	expect(page_here(NULL) == page_here(PAGE),
		"the page is not mapped at address 0");
	expect_result("from address 0", call(SYS_page_map, 0, 0, me,
		(uint32_t) NOPAGE, RO), 0);
	expect(page_here(NOPAGE) == page_here(PAGE),
		"the page at address 0 is not mapped");
	sys_page_unmap(me, NULL);
	expect(!page_is_mapped(NULL), "the page at address 0 stays after "
		"sys_page_unmap");

	// What the child maps read-only, the caller cannot get writable
	expect_result("a page with PTE_W that the child maps read-only",
		call(SYS_page_map, child, (uint32_t) ROPAGE, 0,
		(uint32_t) NOPAGE, RW), -E_INVAL);
	sys_page_unmap(child, PLACE);
	sys_page_unmap(child, ROPAGE);
	sys_page_unmap(0, NOPAGE);
	sys_page_unmap(0, PLACE);
}

// ------------------------------------------------------------ sys_page_unmap

static void
unmap_here(void)
{
	sys_page_alloc(0, PAGE, RW);
	sys_page_map(0, PAGE, 0, PLACE, RO);

	const int free = free_pages();

	expect_result("a read-only mapping", call(SYS_page_unmap, 0,
		(uint32_t) PLACE, 0, 0, 0), 0);
	expect(!page_is_mapped(PLACE), "the page is still mapped");
	if (page_is_mapped(PAGE))
		expect(refs_of(PAGE) == 1, "the page has pp_ref %d, expected "
			"1 less than 2", refs_of(PAGE));
	expect_result("a page", call(SYS_page_unmap, 0, (uint32_t) PAGE, 0, 0,
		0), 0);
	expect(!page_is_mapped(PAGE), "the page is still mapped");
	expect(free_pages() == free + 1, "the page is not free: %d pages are, "
		"expected %d", free_pages(), free + 1);
	expect_result("an address where nothing is mapped",
		call(SYS_page_unmap, 0, (uint32_t) PAGE, 0, 0, 0), 0);
	expect_result("an address without a page table",
		call(SYS_page_unmap, 0, (uint32_t) FAR, 0, 0, 0), 0);
}

static void
unmap_in_child(void)
{
	sys_page_alloc(0, PAGE, RW);
	sys_page_map(0, PAGE, child, PAGE, RW);
	expect_result("a page of a child", call(SYS_page_unmap, child,
		(uint32_t) PAGE, 0, 0, 0), 0);
	expect(page_is_mapped(PAGE), "a page of a child: the caller's own "
		"page is unmapped");
	expect(!page_in(child, PAGE), "the child still maps the page");
	sys_page_unmap(0, PAGE);
}

// ------------------------------------------------------------ the stale TLB

static volatile int step;

static void
touch(void)
{
	step = 1;
	(void) *(volatile char *) PLACE;
	step = 2;
	sys_page_unmap(0, PLACE);
	(void) *(volatile char *) PLACE;
	step = 3;
}

static void
touch_readonly(void)
{
	step = 1;
	*(volatile char *) PLACE = 1;
	step = 2;
	sys_page_map(0, PLACE, 0, PLACE, RO);
	*(volatile char *) PLACE = 2;
	step = 3;
}

// A thread that uses a page after it has lost it must fault, which ends it.
static void
stale(const char *function, void (*run)(void), const char *what)
{
	look_at(function, EX7);
	sys_page_alloc(0, PLACE, RW);
	step = 0;

	const envid_t id = thread_start(run);

	expect(until_gone(id), "a thread that touches the page does not end");
	expect(step == 2, "%s: expected a fault in step 2, it came to step %d",
		what, step);
	sys_env_destroy(id);
	sys_page_unmap(0, PLACE);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	// Page tables for what follows, so that free pages can be counted
	child = sys_exofork();
	sys_page_alloc(0, LOOK, RW);
	sys_page_map(0, LOOK, child, LOOK, RO);

	look_at("sys_page_alloc", EX7);
	alloc_perms();
	alloc_zeroed();
	alloc_again();
	alloc_for_child();
	alloc_edges();
	look_at("sys_page_map", EX7);
	map_here();
	map_in_place();
	map_replaces();
	map_child();
	look_at("sys_page_unmap", EX7);
	unmap_here();
	unmap_in_child();
	stale("sys_page_unmap", touch, "a page that was unmapped");
	stale("sys_page_map", touch_readonly,
		"a write to a page that was made read-only in place");
	sys_env_destroy(child);
	look_no_more();
}
