// tests/user/testpagemap.c - sys_page_map_list maps runs of pages as
// sys_page_map maps one page, and sys_page_copy copies a page only if it is
// shared.

#include <inc/lib.h>

#include <tests/user/test.h>

#define RW	(PTE_P | PTE_U | PTE_W)
#define RO	(PTE_P | PTE_U)

#define NPAGES	6

// The pages to map: four at the end of a page table, two in the next one.  At
// THERE, only the first is at the end of a table.  NOPAGE is not mapped.
#define HERE	((char *) 0x0A400000 - 4 * PGSIZE)
#define THERE	((char *) 0x0AC00000 - PGSIZE)
#define NOPAGE	((char *) 0x0B400000)

#define LARGE	((char *) 0x20000000)	// many pages

static void
expect(int line, const char *call, int got, int want)
{
	if (got != want)
		panic("line %d: %s: returned %d, not %d", line, call, got,
			want);
}

#define RETURNS(call, want)	expect(__LINE__, #call, call, want)
#define FAILS(call, error)	expect(__LINE__, #call, call, -(error))

static void
check(bool ok, const char *what)
{
	if (!ok)
		panic("%s", what);
}

static pte_t
entry(const void *va)
{
	return page_is_mapped(va) ? uvpt[PGNUM(va)] : 0;
}

static bool
same_page(const void *a, const void *b)
{
	return entry(a) && PTE_ADDR(entry(a)) == PTE_ADDR(entry(b));
}

static int
perm_at(const void *va)
{
	return entry(va) & PTE_SYSCALL;
}

static void
new_pages(char *va, int n)
{
	for (int i = 0; i < n; i++, va += PGSIZE) {
		must("page", sys_page_alloc(0, va, RW));
		*(int *) va = i;
	}
}

static void
unmap(char *va, int n)
{
	for (; n-- > 0; va += PGSIZE)
		must("unmap", sys_page_unmap(0, va));
}

static int
map_both(void *from, void *to, int perm, size_t npages)
{
	const struct PageRun run = { from, to, perm, npages, 1 };

	return sys_page_map_list(0, &run, 1);
}

static int
map_run(envid_t env, void *from, void *to, int perm, size_t npages)
{
	const struct PageRun run = { from, to, perm, npages, 0 };

	return sys_page_map_list(env, &run, 1);
}

// --------------------------------------------------------------------- runs

static void
test_runs(void)
{
	const struct PageRun runs[] = {
		{ HERE, THERE, RO | PTE_AVAIL, NPAGES, 0 },
		{ HERE + PGSIZE, THERE + PGSIZE, RW, 1, 0 },
	};

	new_pages(HERE, NPAGES);
	RETURNS(sys_page_map_list(0, runs, 0), 0);
	RETURNS(sys_page_map_list(0, runs, 2), 2);
	for (int i = 0; i < NPAGES; i++) {
		char *from = HERE + i * PGSIZE, *to = THERE + i * PGSIZE;

		check(same_page(from, to) && *(int *) to == i,
			"another page is there");
		check(perm_at(to) == (i == 1 ? RW : RO | PTE_AVAIL),
			"with other permissions");
		check(pageref(to) == 2, "references are counted wrong");
	}

	// Replace other pages, and the same pages
	must("other page", sys_page_alloc(0, THERE, RW));
	RETURNS(map_run(0, HERE, THERE, RO, NPAGES), 1);
	check(same_page(HERE, THERE) && perm_at(THERE) == RO
		&& pageref(THERE) == 2, "not mapped in place of another page");
	RETURNS(map_run(0, HERE, HERE, RO | PTE_COW, NPAGES), 1);
	check(perm_at(HERE) == (RO | PTE_COW) && pageref(HERE) == 2,
		"permissions have not changed in place");
	unmap(THERE, NPAGES);
	check(pageref(HERE) == 1, "a reference is left");
}

// With `both`, the caller's own mappings get the permissions, too.
static void
test_both(void)
{
	new_pages(HERE, NPAGES);
	RETURNS(map_both(HERE, THERE, RO | PTE_COW, NPAGES), 1);
	for (int i = 0; i < NPAGES; i++) {
		char *from = HERE + i * PGSIZE, *to = THERE + i * PGSIZE;

		check(same_page(from, to) && perm_at(from) == (RO | PTE_COW)
			&& perm_at(to) == (RO | PTE_COW),
			"not as both were to be");
	}
	FAILS(map_both(HERE, THERE, RW, NPAGES), E_INVAL);
	check(perm_at(HERE) == (RO | PTE_COW), "a refused change was made");
	unmap(THERE, NPAGES);
}

// When sys_page_map_list makes pages read-only, the TLB must not let the child
// write to them any more.
static void
test_flush(bool both)
{
	volatile char *page = HERE;
	envid_t child;

	new_pages(HERE, NPAGES);
	if ((child = fork_or_panic()) == 0) {
		must("copy", sys_page_copy(HERE, 0, HERE, RW));
		must("upcall", sys_env_set_pgfault_upcall(0, NULL));
		*page = 1;
		must("map", both ? map_both(HERE, THERE, RO, NPAGES)
			: map_run(0, HERE, HERE, RO, NPAGES));
		*page = 2;
		for (;;)
			ipc_recv(NULL, NULL, NULL);	// for ever
	}
	wait(child);
}

static void
test_large(void)
{
	const int n = 2 * MAXRUN;
	const struct PageRun runs[] = {
		{ LARGE, LARGE + n * PGSIZE, RO, MAXRUN, 0 },
		{ LARGE + MAXRUN * PGSIZE, LARGE + (n + MAXRUN) * PGSIZE, RO,
			MAXRUN, 0 },
	};

	new_pages(LARGE, n);
	RETURNS(sys_page_map_list(0, runs, 2), 1);	// most for one call
	must("map_runs", map_runs(0, runs, 2));
	for (int i = 0; i < n; i++)
		check(((int *) LARGE)[i * NPTENTRIES]
			== ((int *) LARGE)[(n + i) * NPTENTRIES],
			"another page is there");
	unmap(LARGE, 2 * n);
}

static void
test_refusals(void)
{
	const uintptr_t last = UTOP - PGSIZE;

	new_pages(HERE, NPAGES);
	must("read-only", sys_page_map(0, HERE + PGSIZE, 0, HERE + PGSIZE, RO));
	FAILS(map_run(0, HERE, THERE, RW, NPAGES), E_INVAL);
	check(same_page(THERE + 2 * PGSIZE, HERE + 2 * PGSIZE),
		"what is above a page that cannot be mapped is not there");
	check(!entry(THERE + PGSIZE) && !entry(THERE),
		"what is below a page that cannot be mapped is there");
	unmap(THERE, NPAGES);

	must("a hole", sys_page_unmap(0, HERE + 2 * PGSIZE));
	FAILS(map_run(0, HERE, THERE, RO, NPAGES), E_INVAL);
	check(!entry(THERE + 2 * PGSIZE) && entry(THERE + 3 * PGSIZE),
		"a hole was mapped");
	unmap(THERE, NPAGES);

	FAILS(map_run(0, NOPAGE, THERE, RO, 1), E_INVAL);
	FAILS(map_run(0, HERE + 1, THERE, RO, 1), E_INVAL);
	FAILS(map_run(0, HERE, THERE + 4, RO, 1), E_INVAL);
	FAILS(map_run(0, HERE, (void *) UTOP, RO, 1), E_INVAL);
	FAILS(map_run(0, (void *) UTOP, THERE, RO, 1), E_INVAL);
	FAILS(map_run(0, (void *) UVPT, THERE, RO, 1), E_INVAL);
	FAILS(map_run(0, HERE, (void *) last, RO, 2), E_INVAL);
	FAILS(map_run(0, HERE, THERE, RO, MAXRUN + 1), E_INVAL);
	FAILS(map_run(0, HERE, THERE, RO, ~0u), E_INVAL);
	FAILS(map_run(0, HERE, THERE, RO, 1 << 20), E_INVAL);
	FAILS(map_run(0, HERE, THERE, PTE_P, 1), E_INVAL);
	FAILS(map_run(0, HERE, THERE, RO | PTE_PS, 1), E_INVAL);
	FAILS(map_run(0, HERE, THERE, RO | 0x1000, 1), E_INVAL);
	FAILS(map_run(sys_getenvid() + NENV, HERE, THERE, RO, 1), E_BAD_ENV);
	for (int i = 0; i < NPAGES; i++)
		check(!entry(THERE + i * PGSIZE), "a refused page is there");
}

// -------------------------------------------------------------------- copies

static void
test_copies(void)
{
	new_pages(HERE, 2);
	must("copy", sys_page_copy(HERE + PGSIZE, 0, THERE, RW));
	check(!same_page(HERE + PGSIZE, THERE) && *(int *) THERE == 1
		&& pageref(THERE) == 1 && pageref(HERE + PGSIZE) == 1,
		"the copy is none");

	// A shared page is copied, an unshared one is not
	must("share", sys_page_map(0, HERE, 0, THERE, RO));
	for (int round = 0; round < 2; round++) {
		const pte_t was = entry(THERE);

		must("copy in place", sys_page_copy(THERE, 0, THERE, RW));
		check(perm_at(THERE) == RW && pageref(THERE) == 1,
			"the page is not ours");
		check((PTE_ADDR(was) == PTE_ADDR(entry(THERE))) == round,
			round ? "copied without need" : "not copied");
		must("read-only", sys_page_map(0, THERE, 0, THERE, RO));
	}
	check(perm_at(HERE) == RW && pageref(HERE) == 1,
		"the other one has changed");

	FAILS(sys_page_copy(NOPAGE, 0, THERE, RW), E_INVAL);
	FAILS(sys_page_copy(HERE + 1, 0, THERE, RW), E_INVAL);
	FAILS(sys_page_copy(HERE, 0, THERE + 1, RW), E_INVAL);
	FAILS(sys_page_copy((void *) UTOP, 0, THERE, RW), E_INVAL);
	FAILS(sys_page_copy(HERE, 0, (void *) UTOP, RW), E_INVAL);
	FAILS(sys_page_copy((void *) KERNBASE, 0, THERE, RW), E_INVAL);
	FAILS(sys_page_copy(HERE, 0, THERE, PTE_P), E_INVAL);
	FAILS(sys_page_copy(HERE, 0, THERE, RW | PTE_PCD), E_INVAL);
	FAILS(sys_page_copy(HERE, sys_getenvid() + NENV, THERE, RW), E_BAD_ENV);
}

// After a fork, each environment that writes gets a copy, but the last one
// keeps the page.
static void
test_last_owner(void)
{
	static volatile int data[3 * PGSIZE / 4];
	volatile int *word = &data[PGSIZE / 4];
	envid_t child;

	*word = 1;
	const pte_t was = entry((void *) word);

	if ((child = fork_or_panic()) == 0) {
		*word = 2;
		check(*word == 2 && !(perm_at((void *) word) & PTE_COW),
			"the child has no copy");
		exit();
	}
	wait(child);
	check(perm_at((void *) word) & PTE_COW, "the page is not shared");
	*word += 2;
	check(*word == 3, "the child wrote to our page");
	check(PTE_ADDR(was) == PTE_ADDR(entry((void *) word)),
		"a page that nobody else has was copied");
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);
	test_runs();
	test_both();
	test_flush(false);
	test_flush(true);
	test_large();
	test_refusals();
	test_copies();
	test_last_owner();
	cprintf("testpagemap ok\n");
}
