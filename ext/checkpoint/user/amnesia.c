// ext/checkpoint/user/amnesia.c - a child that counts, and forgets what it has
// counted since a checkpoint.
//
//	amnesia				tests, with children that are forked
//	amnesia count			what a spawned child does

#include <inc/x86.h>

#include <ext/test.h>

#include <ext/checkpoint/checkpoint.h>
#include <ext/ext.h>

#define RW		(PTE_P | PTE_U | PTE_W)
#define HEAP		((volatile int *) 0x20000000)
#define FAR		((volatile int *) 0x90000000)	// errors look alike
#define NOW_AND_THEN	((volatile int *) 0x21000000)	// not always mapped
#define ROUNDS		100
#define ENOUGH		20		// numbers
#define FCW(n)		(0x007F | (n) % 4 << 10)	// rounding: n % 4

// What the child tells.  It is shared, so the child does not forget it.
static volatile struct Told {
	int first;			// of the numbers, since it was made -1
	int last;
	uint32_t count;			// how many
	uint32_t grandchildren;		// that came to their end
} *const told = (volatile struct Told *) 0x30000000;

// ------------------------------------------------------------------- the child

static volatile int data;

static void
tell(int n)
{
	told->last = n;
	if (told->first < 0)
		told->first = n;
	told->count++;
}

static void
load_control(uint16_t control)
{
	__asm__ volatile("fldcw %0" : : "m" (control));
}

static uint16_t
stored_control(void)
{
	uint16_t control;

	__asm__ volatile("fnstcw %0" : "=m" (control));
	return control;
}

// A page that is mapped for 8 numbers, then unmapped for 8
static void
map_now_and_then(int n)
{
	void *page = (void *) NOW_AND_THEN;

	if (n % 8 == 0)
		expect("mapped", page_is_mapped(page), n % 16 == 8);
	if (n % 16 == 0)
		must("sys_page_alloc", sys_page_alloc(0, page, RW));
	if (n % 16 == 8)
		must("sys_page_unmap", sys_page_unmap(0, page));
}

// Counts in memory of each kind and in floating-point registers, which must
// agree with n each time: nothing was forgotten alone.
static void
count(void)
{
	must("sys_page_alloc", sys_page_alloc(0, (void *) HEAP, RW));
	must("sys_page_alloc", sys_page_alloc(0, (void *) FAR, RW));
	load_control(FCW(0));
	for (int n = 0; ; n++) {
		tell(n);
		map_now_and_then(n);
		if (n % 25 == 0)
			sys_yield();	// with the page, without it, and so on
		expect("data", data, n);
		expect("heap", HEAP[0], n);
		expect("far", FAR[0], n);
		expect("rounding", stored_control(), FCW(n));
		HEAP[0]++, FAR[0]++, data++;
		load_control(FCW(n + 1));
	}
}

// One that has forked is copy-on-write itself.  The grandchildren have no part
// in what it forgets.
static void
fork_and_count(void)
{
	for (int i = 0; i < 2; i++)
		if (fork_or_panic() == 0) {
			for (int turn = 0; turn < 50; turn++) {
				expect("data of a grandchild", data, 0);
				sys_yield();
			}
			xadd(&told->grandchildren, 1);
			exit();
		}
	count();
}

// ------------------------------------------------------------------ the parent

static envid_t
start(void (*f)(void))
{
	const envid_t child = fork_or_panic();

	if (child == 0) {
		f();
		exit();
	}
	return child;
}

// Let the child run until it has told some numbers.
static void
let_count(envid_t child)
{
	const uint32_t before = told->count;

	must("sys_env_set_status", sys_env_set_status(child, ENV_RUNNABLE));
	while (told->count - before < ENOUGH) {
		if (is_gone(child))
			panic("the child has ended");
		sys_yield();
	}
}

// Restore the child to where its last number was `last', and let it count.  It
// may have been about to tell that one, or to find that it had told one before.
static void
count_again(envid_t child, envid_t saved, int last)
{
	must("restore", restore(child, saved));
	told->first = -1;
	let_count(child);

	const int first = told->first;

	if (first != last && first != last + 1)
		panic("counts again from %d, not %d or %d", first, last,
			last + 1);
}

// start has made the child, when so many environments were free.
static void
test(const char *what, int envs_before, envid_t child)
{
	must(what, child);
	let_count(child);

	const envid_t saved = checkpoint(child);
	const int last = told->last;
	int pages = 0;

	must("checkpoint", saved);
	for (int i = 0; i < ROUNDS; i++) {
		count_again(child, saved, last);
		if (i == 0) {
			must("restore", restore(child, saved));
			while (free_envs() != envs_before - 2)
				sys_yield();	// grandchildren
			pages = pages_in_use();
		}
	}
	must("restore", restore(child, saved));
	expect("pages in use", pages_in_use(), pages);

	// A second checkpoint; both are used.
	let_count(child);

	const envid_t saved2 = checkpoint(child);
	const int last2 = told->last;

	must("checkpoint", saved2);
	for (int i = 0; i < 3; i++) {
		count_again(child, saved, last);
		count_again(child, saved2, last2);
	}
	destroy_and_wait(child);
	destroy_and_wait(saved);
	destroy_and_wait(saved2);
	cprintf("%s: %d times from %d\n", what, ROUNDS, last);
}

// A child that waits for a message is woken, and waits again.
static void
receive(void)
{
	for (;;) {
		told->count++;
		ipc_recv(NULL, NULL, NULL);
	}
}

static void
test_receiver(void)
{
	const envid_t child = start(receive);

	expect_asleep("the receiver", child);

	const envid_t saved = checkpoint(child);

	must("checkpoint", saved);
	expect("a message to it", sys_ipc_try_send(child, 0, (void *) UTOP, 0),
		-E_IPC_NOT_RECV);

	const uint32_t before = told->count;

	must("restore", restore(child, saved));
	must("sys_env_set_status", sys_env_set_status(child, ENV_RUNNABLE));
	while (told->count == before)
		sys_yield();
	ipc_send(child, 0, NULL, 0);
	destroy_and_wait(child);
	destroy_and_wait(saved);
	cprintf("a receiver receives again\n");
}

// ------------------------------------------------------------------ what fails

static void
test_calls(void)
{
	const envid_t child = start(count), fs = ipc_find_env(ENV_TYPE_FS);
	const struct {
		envid_t env;
		uintptr_t va;
		int want;
	} bad[] = {
		{ -1, 0, -E_BAD_ENV }, { 0x7FFFFFFF, 0, -E_BAD_ENV },
		{ fs, 0, -E_BAD_ENV }, { child, 1, -E_INVAL },
		{ child, UTOP - 1, -E_INVAL }, { child, UTOP, 0 },
		{ child, KERNBASE, 0 }, { child, -PGSIZE, 0 },
		{ 0, UTOP, 0 },
	};
	const envid_t pairs[][3] = {
		{ -1, child, -E_BAD_ENV }, { child, -1, -E_BAD_ENV },
		{ fs, child, -E_BAD_ENV }, { child, fs, -E_BAD_ENV },
		{ child, child, -E_INVAL }, { 0, child, -E_INVAL },
		{ child, 0, -E_INVAL },
	};
	const int envs_before = free_envs();

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		expect("SYS_page_next", ext_call(SYS_page_next, bad[i].env,
			bad[i].va, 0, 0, 0), bad[i].want);
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		expect("SYS_env_copy_state", ext_call(SYS_env_copy_state,
			pairs[i][0], pairs[i][1], 0, 0, 0), pairs[i][2]);
	expect("checkpoint of itself", checkpoint(0), -E_INVAL);
	expect("checkpoint of nobody", checkpoint(0x7FFFFFFF), -E_BAD_ENV);
	expect("restore from nobody", restore(child, 0x7FFFFFFF), -E_BAD_ENV);
	expect("environments", free_envs(), envs_before);
	let_count(child);
	destroy_and_wait(child);
	cprintf("what the calls refuse\n");
}

// Where memory ends, there is an error and no checkpoint.
static void
test_no_memory(void)
{
	const envid_t child = start(count);
	int pages;

	let_count(child);
	destroy_and_wait(checkpoint(child));	// which stops it
	pages = pages_in_use();
	for (int n = 1; n < 40; n++) {
		if (sys_debug(DEBUG_FAIL_ALLOC, n) < 0)
			break;		// not on this machine

		const envid_t saved = checkpoint(child);

		sys_debug(DEBUG_FAIL_ALLOC, 0);
		if (saved >= 0)
			destroy_and_wait(saved);
		else
			expect("no memory", saved, -E_NO_MEM);
		expect("pages in use", pages_in_use(), pages);
	}
	let_count(child);
	destroy_and_wait(child);
	cprintf("without memory there is no checkpoint\n");
}

void
umain(int argc, char **argv)
{
	struct Stat st;

	if (argc == 2 && strcmp(argv[1], "count") == 0)
		count();
	must("sys_page_alloc", sys_page_alloc(0, (void *) told,
		RW | PTE_SHARE));
	must("stat", stat("/amnesia", &st));	// the server has its pages
	test_calls();
	test_no_memory();

	const int before = free_envs();

	test("a child", before, start(count));
	test("a child with children", before, start(fork_and_count));
	expect("grandchildren", told->grandchildren, 2);
	test("a spawned child", before, spawnl("/amnesia", "amnesia", "count",
		NULL));
	test_receiver();
	cprintf("amnesia ok\n");
}
