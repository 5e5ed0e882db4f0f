// tests/user/testreap.c - the kernel frees the memory of a large program that
// ended in slices, while others run.
//
// usage: testreap [TURNS]

#include <inc/lib.h>

#include <tests/user/test.h>

#define RW		(PTE_P | PTE_U | PTE_W)

#define SOURCE		((char *) 0x20000000)
#define MANY		((char *) 0x30000000)
#define MANY_RUNS	1200		// below the addresses of descriptors
#define RUNS_OF_PAGE	100		// a page has at most 65535 references

#define TABLES		100		// more than MAX_ZEROED_TABLES

#define DISK_ROUNDS	24

#define DESTROYERS	5
#define MAXTURNS	1000000		// until all memory has been freed

// Map pages very often, each almost as often as its reference count allows.
static void
map_runs_of(envid_t env, size_t nruns)
{
	for (size_t i = 0; i < nruns; i++) {
		const struct PageRun run = {
			.srcva = SOURCE, .dstva = MANY + i * MAXRUN * PGSIZE,
			.perm = PTE_P | PTE_U, .npages = MAXRUN,
		};

		if (i % RUNS_OF_PAGE == 0) {
			must("sys_page_alloc", sys_page_alloc(0, SOURCE, RW));
			for (int n = 1; n < MAXRUN; n++)
				must("sys_page_map", sys_page_map(0, SOURCE, 0,
					SOURCE + n * PGSIZE, RW));
		}
		must("map_runs", map_runs(env, &run, 1));
	}
}

static envid_t
new_child(void)
{
	envid_t child = sys_exofork();

	if (child == 0)
		exit();
	must("sys_exofork", child);
	return child;
}

// A program with very many mappings ends while the other CPUs are idle, so that
// one of them frees the mappings.  Meanwhile this program stops a child, which
// is stopped already, again and again.
static void
test_idle_cpu(void)
{
	envid_t large = fork_or_panic();

	if (large == 0) {
		map_runs_of(0, MANY_RUNS);
		exit();
	}

	envid_t stopped = new_child();

	while (!is_gone(large))
		must("stop", sys_env_set_status(stopped, ENV_NOT_RUNNABLE));
	must("sys_env_destroy", sys_env_destroy(stopped));
}

// Has env ended, but is its memory not freed yet?
static bool
is_dying(envid_t env)
{
	const volatile struct Env *e = &envs[ENVX(env)];

	return e->env_status == ENV_DYING;
}

// No call finds a program that has ended while its memory is being freed.  If
// other CPUs free it while the host does not run this one, try again.
static void
test_dying_is_gone(void)
{
	bool seen = false;

	while (!seen) {
		envid_t large = fork_or_panic();

		if (large == 0) {
			map_runs_of(0, MANY_RUNS);
			exit();
		}
		while (!is_gone(large)) {
			const bool dying = is_dying(large);
			int r = sys_ipc_try_send(large, 0, (void *) UTOP, 0);

			if (dying && r != -E_BAD_ENV)
				panic("to a dying environment: %e", r);
			seen = seen || dying;
		}
	}
}

// The next file in this directory
static int
open_next(int dir)
{
	struct File f;
	int fd;

	do
		if (readn(dir, &f, sizeof(f)) != sizeof(f))
			panic("there are no more files");
	while (f.f_name[0] == '\0');
	must("open", fd = open(f.f_name, O_RDONLY));
	return fd;
}

// A program with very many mappings ends, while this program reads a disk block
// that is not cached: then no CPU has anything to do but free the mappings.
// Returns whether the read was done before all were freed.  It is not if the
// disk was so fast that CPU 0, which gets its interrupts, did not become idle.
static bool
is_disk_heard(int fd)
{
	static char block[PGSIZE];
	envid_t large = fork_or_panic();

	if (large == 0) {
		map_runs_of(0, MANY_RUNS);
		exit();
	}
	while (!is_gone(large) && !is_dying(large))
		sys_yield();

	const int idle = sys_debug(DEBUG_IDLE_TIME, 0);

	must("sys_debug", idle);
	must("read", read(fd, block, sizeof(block)));
	if (is_gone(large))
		return false;

	const bool was_idle = sys_debug(DEBUG_IDLE_TIME, 0) != idle;

	wait(large);
	return was_idle;
}

// The disk's interrupt must get through while an idle CPU frees memory.  On a
// busy computer the disk may be too slow for this, but not each time.
static void
test_disk_meanwhile(void)
{
	int dir = open("/", O_RDONLY);
	bool heard = false;

	must("open", dir);
	for (int round = 0; !heard; round++) {
		int fd = open_next(dir);

		if (round == DISK_ROUNDS)
			panic("the disk is heard when all is given back");
		heard = is_disk_heard(fd);
		close(fd);
	}
	close(dir);
}

// Make large children and destroy them, again and again.
static void
destroy_children(void)
{
	for (;;) {
		envid_t child = new_child();

		map_runs_of(child, 1 + child / NENV % 8);
		must("sys_env_destroy", sys_env_destroy(child));
	}
}

// Programs that make and destroy large children are stopped, started and
// destroyed meanwhile.
static void
test_destroyers(uint32_t turns)
{
	envid_t one[DESTROYERS] = { 0 };

	for (uint32_t turn = 0; turn < turns; turn++) {
		envid_t *e = &one[turn % DESTROYERS];

		if (*e == 0 && (*e = fork_or_panic()) == 0)
			destroy_children();
		for (uint32_t n = turn * 7 % 61; n > 0; n--)
			sys_yield();
		must("stop", sys_env_set_status(*e, ENV_NOT_RUNNABLE));
		must("start", sys_env_set_status(*e, ENV_RUNNABLE));
		if (turn % 5 < 3) {
			must("sys_env_destroy", sys_env_destroy(*e));
			*e = 0;
		}
	}
	for (int i = 0; i < DESTROYERS; i++)
		if (one[i])
			destroy_and_wait(one[i]);
}

// Wait until as many environments are free as before.
static void
expect_free(int envs_before)
{
	for (int turn = 0; free_envs() != envs_before; turn++) {
		if (turn == MAXTURNS)
			panic("%d environments are free, not %d", free_envs(),
				envs_before);
		sys_yield();
	}
}

// A large child is gone when sys_env_destroy returns.  Its page tables are free
// pages then, and a page allocated from them is all zeros.
static void
test_tables_are_zero(void)
{
	const int before = free_envs();
	envid_t child = new_child();

	must("sys_page_alloc", sys_page_alloc(0, SOURCE, RW));
	for (int i = 0; i < TABLES; i++)
		must("sys_page_map", sys_page_map(0, SOURCE, child,
			MANY + i * PTSIZE, RW));
	must("sys_env_destroy", sys_env_destroy(child));
	if (!is_gone(child))
		panic("sys_env_destroy returned too early");
	expect_free(before);

	for (int i = 0; i < TABLES; i++) {
		const uint32_t *page = (void *) (SOURCE + i * PGSIZE);

		must("sys_page_alloc", sys_page_alloc(0, (void *) page, RW));
		for (size_t n = 0; n < PGSIZE / sizeof(*page); n++)
			if (page[n] != 0)
				panic("a new page has %08x", page[n]);
	}
	for (int i = 0; i < TABLES; i++)
		must("sys_page_unmap", sys_page_unmap(0, SOURCE + i * PGSIZE));
}

#define FILL		((char *) 0x80000000)
#define WAITING_PAGES	200		// of the 600 tables of such a child

// All memory is taken when a program with very many mappings ends, and most
// slices of what it gives back free no page.  So a call that needs a page waits.
static void
test_call_waits(void)
{
	envid_t large = fork_or_panic();
	char *end = FILL;
	int r;

	if (large == 0) {
		map_runs_of(0, MANY_RUNS);
		ipc_recv(NULL, NULL, NULL);
		exit();
	}
	expect_asleep("the large program", large);
	while ((r = sys_page_alloc(0, end, RW)) == 0)
		end += PGSIZE;
	if (r != -E_NO_MEM)
		panic("sys_page_alloc: %e", r);
	ipc_send(large, 0, NULL, 0);
	while (!is_gone(large) && !is_dying(large))
		sys_yield();
	for (int i = 0; i < WAITING_PAGES; i++, end += PGSIZE)
		must("sys_page_alloc, while memory is given back",
			sys_page_alloc(0, end, RW));
	while (end > FILL)
		must("sys_page_unmap", sys_page_unmap(0, end -= PGSIZE));
	wait(large);
}

void
umain(int argc, char **argv)
{
	const int turns = argc > 1 ? strtol(argv[1], NULL, 0) : 20;
	const int before = free_envs();

	test_tables_are_zero();
	cprintf("new pages are of zeros\n");
	test_call_waits();
	cprintf("a call has waited for memory\n");
	test_idle_cpu();
	cprintf("an idle CPU has given it back\n");
	test_dying_is_gone();
	test_disk_meanwhile();
	cprintf("the disk was heard meanwhile\n");
	test_destroyers(turns);
	expect_free(before);
	if (sys_debug(DEBUG_CHECK, 0) > 0)
		panic("the kernel is not in order");
	cprintf("testreap ok\n");
}
