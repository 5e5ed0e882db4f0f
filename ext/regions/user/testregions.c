// ext/regions/user/testregions.c - handlers for regions: several, one in
// another, one that needs another, together with forks of all kinds and a
// handler of all the rest.

#include <ext/batch/batch.h>
#include <ext/regions/regions.h>
#include <ext/sysfork/sysfork.h>
#include <ext/test.h>

#define RW		(PTE_P | PTE_U | PTE_W)
#define ZEROS		0x10000000	// pages of zeros
#define INSIDE		(ZEROS + 4 * PGSIZE)	// in that region: even pages
#define SQUARES		0x20000000	// int i is i * i
#define SUMS		0x30000000	// int i is the sum of i squares
#define REST		0x40000000	// mapped by the handler of the rest
#define NOWHERE		0x50000000
#define NPAGES		64
#define SHARED		((volatile int *) 0x60000000)

#define INTS		(PGSIZE / sizeof(int))

// How often each handler mended a fault; volatile, as the compiler sees no call
static volatile struct Counts {
	int zeros, inside, squares, sums, stack, rest;
} counts;

// ------------------------------------------------------------------ handlers

static int *
new_page(struct UTrapframe *utf)
{
	int *page = (int *) ROUNDDOWN(utf->utf_fault_va, PGSIZE);

	must("sys_page_alloc", sys_page_alloc(0, page, RW));
	return page;
}

static bool
fill_zeros(struct Region *r, struct UTrapframe *utf)
{
	USED(r);
	new_page(utf);
	counts.zeros++;
	return true;
}

// Leaves the odd pages to the region around it
static bool
fill_inside(struct Region *r, struct UTrapframe *utf)
{
	if ((utf->utf_fault_va - r->start) / PGSIZE % 2 == 1)
		return false;
	*new_page(utf) = 'i';
	counts.inside++;
	return true;
}

static bool
fill_squares(struct Region *r, struct UTrapframe *utf)
{
	int *page = new_page(utf);
	const int first = page - (int *) r->start;

	for (int i = 0; i < (int) INTS; i++)
		page[i] = (first + i) * (first + i);
	counts.squares++;
	return true;
}

// Reads squares, and the page of sums before this one: page faults in a handler
static bool
fill_sums(struct Region *r, struct UTrapframe *utf)
{
	int *page = new_page(utf);
	const int *squares = (int *) SQUARES + (page - (int *) r->start);

	for (int i = 0; i < (int) INTS; i++)
		page[i] = i == 0 && page == (int *) r->start ? 0
			: page[i - 1] + squares[i - 1];
	counts.sums++;
	return true;
}

static bool
grow_stack(struct Region *r, struct UTrapframe *utf)
{
	USED(r);
	new_page(utf);
	counts.stack++;
	return true;
}

static void
map_rest(struct UTrapframe *utf, int content)
{
	if (utf->utf_fault_va - REST >= NPAGES * PGSIZE)
		panic("outside all regions: va %08x", utf->utf_fault_va);
	*new_page(utf) = content;
	counts.rest++;
}

static void
handle_rest(struct UTrapframe *utf)
{
	map_rest(utf, 'r');
}

static void
handle_otherwise(struct UTrapframe *utf)
{
	map_rest(utf, 'o');
}

#define REGION(name, start_, npages, handle_)				\
	static struct Region name = { .start = (start_),		\
		.end = (start_) + (npages) * PGSIZE, .handle = (handle_) }

REGION(zeros, ZEROS, NPAGES, fill_zeros);
REGION(inside, INSIDE, 4, fill_inside);
REGION(squares, SQUARES, NPAGES, fill_squares);
REGION(sums, SUMS, NPAGES, fill_sums);
REGION(stack, USTACKTOP - NPAGES * PGSIZE, NPAGES, grow_stack);

// --------------------------------------------------------------------- tests

static int
sum_of_squares(int n)
{
	int sum = 0;

	for (int i = 0; i < n; i++)
		sum += i * i;
	return sum;
}

// Touch page n of each region, which nobody has touched yet.
static void
touch(int n)
{
	const struct Counts before = counts;
	const int i = n * INTS + 7;

	expect("zeros", ((volatile int *) ZEROS)[i], 0);
	((volatile int *) ZEROS)[i] = n;
	expect("zeros, written", ((volatile int *) ZEROS)[i], n);
	expect("squares", ((volatile int *) SQUARES)[i], i * i);
	((volatile int *) SQUARES)[i] = n;
	expect("the rest", *(volatile int *) (REST + n * PGSIZE), 'r');
	expect("faults of zeros", counts.zeros - before.zeros, 1);
	expect("faults of squares", counts.squares - before.squares, 1);
	expect("faults of the rest", counts.rest - before.rest, 1);
}

static void
test_nested(void)
{
	for (int i = 0; i < 4; i++)
		expect("inside", ((volatile int *) INSIDE)[i * INTS],
			i % 2 ? 0 : 'i');
	expect("faults inside", counts.inside, 2);
	expect("left to the region around", counts.zeros, 2);

	// Sums need those before, and those the squares, down to page 0.
	const int n = 3 * INTS;

	expect("sums", ((volatile int *) SUMS)[n], sum_of_squares(n));
	expect("faults of sums", counts.sums, 4);
	expect("faults of squares", counts.squares, 4);
	cprintf("regions nest\n");
}

// Recursion, with a page of stack each time, and a fork at the bottom
static int __attribute__((noinline))
recurse(int depth)
{
	volatile char page[PGSIZE];

	page[0] = depth;
	__asm__ volatile("" : : "r" (page) : "memory");	// needs all of it
	if (depth > 0)
		return recurse(depth - 1) + page[0];

	const envid_t child = fork_or_panic();

	if (child == 0)
		return 0;
	wait(child);
	return page[0];
}

static void
test_stack(void)
{
	const envid_t me = sys_getenvid();

	expect("recursion", recurse(30), 30 * 31 / 2);
	if (counts.stack < 25)
		panic("the stack grew by %d pages", counts.stack);
	if (sys_getenvid() != me)
		exit();			// the child of recurse
	cprintf("the stack grows, and fork copies it\n");
}

// The symbol, as a function calls it that has not seen ext/regions/regions.h
envid_t fork_of_others(void) __asm__("fork");

static const struct {
	const char *name;
	envid_t (*fork)(void);
} forks[] = {
	{ "fork", fork }, { "fork of others", fork_of_others },
	{ "batch_fork", batch_fork }, { "sys_fork", sys_fork },
};

static int
rest_at(int n)
{
	return *(volatile int *) (REST + n * PGSIZE);
}

// After a fork both go on with all regions, and write to what they had in
// common without the other seeing it.
static void
test_fork(envid_t (*fork_by)(void))
{
	touch(20);

	const envid_t child = fork_by();
	const int i = 20 * INTS + 7, mine = child == 0 ? 1 : 2;

	must("fork", child);
	expect("what was written", ((volatile int *) SQUARES)[i], 20);
	((volatile int *) SQUARES)[i] = mine;
	touch(21);
	touch(22 + mine);
	if (child == 0) {
		const envid_t grandchild = fork_by();

		touch(30);
		expect("own", ((volatile int *) SQUARES)[i], mine);
		SHARED[grandchild == 0] = 1;
		if (grandchild != 0)
			wait(grandchild);
		exit();
	}
	wait(child);
	expect("own", ((volatile int *) SQUARES)[i], mine);
	expect("the child has come to its end", SHARED[0], 1);
	expect("the grandchild has come to its end", SHARED[1], 1);
}

// The program's own handler stays its handler after a fork, and so does another
// that it sets between forks.
static void
test_own_handler(envid_t (*fork_by)(void))
{
	const envid_t child = fork_by();

	must("fork", child);
	expect("handler set before fork", rest_at(40), 'r');
	set_pgfault_handler(handle_otherwise);
	expect("handler set after fork", rest_at(41), 'o');

	const envid_t second = fork_by();

	must("fork", second);
	expect("handler set between forks", rest_at(42), 'o');
	if (second == 0) {
		set_pgfault_handler(handle_rest);
		expect("handler set in a child", rest_at(43), 'r');
		SHARED[2 + (child == 0)] = 1;
		exit();
	}
	wait(second);
	expect("handler of the parent", rest_at(44), 'o');
	if (child == 0)
		exit();
	wait(child);
	expect("children that came to their end", SHARED[2] + SHARED[3], 2);
}

static void
test_forks(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(forks); i++) {
		memset((void *) SHARED, 0, 4 * sizeof(*SHARED));
		SHARED[4] = -1;

		const envid_t child = fork_or_panic();

		if (child == 0) {
			test_fork(forks[i].fork);
			test_own_handler(forks[i].fork);
			SHARED[4] = i;
			exit();
		}
		wait(child);
		expect(forks[i].name, SHARED[4], i);
		cprintf("regions outlive %s\n", forks[i].name);
	}
}

// A child of sfork shares handlers and counts, but not what either maps later.
static void
test_sfork(void)
{
	SHARED[2] = 0;

	const envid_t child = sfork();

	must("sfork", child);
	if (child != 0) {
		wait(child);
		expect("the child has come to its end", SHARED[2], 1);
		expect("its handler, which is the parent's", rest_at(41), 'o');
		set_pgfault_handler(handle_rest);
	}
	touch(40);
	if (child == 0) {
		set_pgfault_handler(handle_otherwise);
		SHARED[2] = 1;
		exit();
	}
	cprintf("regions outlive sfork\n");
}

static void
touch_nowhere(void)
{
	set_pgfault_handler(NULL);
	*(volatile int *) NOWHERE = 1;
}

static void
touch_removed(void)
{
	set_pgfault_handler(NULL);
	expect("removing", region_remove(&squares), 0);
	expect("removing twice", region_remove(&squares), -E_INVAL);
	expect("another", ((volatile int *) ZEROS)[50 * INTS], 0);
	(void) ((volatile int *) SQUARES)[50 * INTS];
}

static void
test_arguments(void)
{
	static struct Region r = { .handle = fill_zeros };

	expect("empty", region_add(&r), -E_INVAL);
	r.start = 2 * PGSIZE, r.end = PGSIZE;
	expect("backwards", region_add(&r), -E_INVAL);
	r.end = UTOP + PGSIZE;
	expect("above UTOP", region_add(&r), -E_INVAL);
	expect("never added", region_remove(&r), -E_INVAL);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	test_arguments();
	must("sys_page_alloc", sys_page_alloc(0, (void *) SHARED,
		RW | PTE_SHARE));
	set_pgfault_handler(handle_rest);
	must("region_add", region_add(&zeros));
	must("region_add", region_add(&inside));
	must("region_add", region_add(&squares));
	must("region_add", region_add(&sums));
	must("region_add", region_add(&stack));
	test_nested();
	test_stack();
	test_forks();
	test_sfork();
	in_child(touch_nowhere);
	in_child(touch_removed);
	cprintf("testregions ok\n");
}
