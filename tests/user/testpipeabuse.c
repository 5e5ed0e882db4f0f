// tests/user/testpipeabuse.c - programs that write nonsense to their pipes and
// descriptors harm only themselves.
//
// Each attack runs in a child, which must end, in any way; then as many
// environments and pages are free as before.

#include <tests/user/fuzz.h>

#define RING	2048			// bytes that a pipe holds
#define NOWHERE	((char *) 0x70000000)	// nothing is mapped here

static int p[2];
static char buf[3 * PGSIZE];

static struct Fd *
fd_of(int num)
{
	struct Fd *fd;
	int r = fd_lookup(num, &fd);

	if (r < 0)
		panic("fd_lookup: %e", r);
	return fd;
}

static void
must_be(const char *what, int got, int want)
{
	if (got != want)
		panic("%s: %d, not %d", what, got, want);
}

// Let the next page fault end this program silently: without a handler.  So
// pages that it still writes to must not be copy-on-write.
static void
faults_end_us(void)
{
	buf[0] = 0;
	sys_env_set_pgfault_upcall(0, NULL);
}

// ------------------------------------------------------------- the attacks

static void
nothing_to_move(void)
{
	must_be("write of nothing", write(p[1], NOWHERE, 0), 0);
	must_be("read of nothing", read(p[0], NOWHERE, 0), 0);
}

static void
wrong_ends(void)
{
	must_be("write to the reader", write(p[0], "x", 1), -E_INVAL);
	must_be("read from the writer", read(p[1], buf, 1), -E_INVAL);
}

static void
nobody_reads(void)
{
	close(p[0]);
	must_be("write", write(p[1], buf, sizeof(buf)), 0);
	must_be("huge write", write(p[1], buf, 0x80000000), 0);
}

static void
reader_goes(void)
{
	envid_t child = fork_or_panic();

	if (child == 0) {
		close(p[1]);
		readn(p[0], buf, 10);
		exit();
	}
	close(p[0]);
	int r = write(p[1], buf, sizeof(buf));

	if (r < 10 || r >= (int) sizeof(buf))
		panic("write returned %d", r);
	wait(child);
}

static void
writer_is_killed(void)
{
	envid_t child = fork_or_panic();

	if (child == 0) {
		close(p[0]);
		for (;;)
			write(p[1], buf, sizeof(buf));
	}
	close(p[1]);
	must_be("read", readn(p[0], buf, 500), 500);
	sys_env_destroy(child);
	while (read(p[0], buf, sizeof(buf)) > 0)
		;
	wait(child);
}

static void
bad_buffer(void)
{
	must_be("write", write(p[1], "x", 1), 1);
	faults_end_us();
	read(p[0], NOWHERE, 1);
	panic("a read into nothing succeeded");
}

static void
kernel_buffer(void)
{
	faults_end_us();
	write(p[1], (char *) KERNBASE, 16);
	panic("a write from the kernel succeeded");
}

static void
positions_that_lie(void)
{
	uint32_t *ring = (uint32_t *) fd2data(fd_of(p[0]));

	ring[0] = 0x80000000;		// p_rpos; p_wpos is 0
	must_be("read", read(p[0], buf, sizeof(buf)), RING);

	// The ring seems more than full: the writer waits
	envid_t child = fork_or_panic();

	if (child == 0) {
		write(p[1], buf, sizeof(buf));
		panic("there was room in a full ring");
	}
	for (int turn = 0; turn < 100; turn++)
		sys_yield();
	destroy_and_wait(child);
}

static void
page_of_rubbish(void)
{
	memset(fd_of(p[1]), 0xEE, PGSIZE);
	must_be("write", write(p[1], "x", 1), -E_INVAL);
	must_be("close", close(p[1]), -E_INVAL);
	must_be("close again", close(p[1]), -E_INVAL);
}

// A pipe's descriptor is changed into a file's, and the other way round.
static void
other_device(void)
{
	int file = open("/motd", O_RDONLY);

	fd_of(p[0])->fd_dev_id = 'f';
	fd_of(p[0])->fd_file.id = 12345;
	must_be("read", read(p[0], buf, 1), -E_INVAL);
	fd_of(file)->fd_dev_id = 'p';
	faults_end_us();
	read(file, buf, 1);
	panic("a pipe without a page was read");
}

static void
read_only_descriptor(void)
{
	struct Fd *fd = fd_of(p[1]);
	const int perm = PTE_P | PTE_U | PTE_SHARE;

	must_be("map", sys_page_map(0, fd, 0, fd, perm), 0);
	must_be("write", write(p[1], "x", 1), 1);
	must_be("dup", dup(p[1], 9), 9);
	must_be("fork", fork_or_panic() >= 0, 1);
	must_be("close", close(9), 0);
}

static void
data_page_is_gone(void)
{
	sys_page_unmap(0, fd2data(fd_of(p[0])));
	faults_end_us();
	read(p[0], buf, 1);
	panic("a pipe without a page was read");
}

static void
descriptor_is_gone(void)
{
	sys_page_unmap(0, fd_of(p[0]));
	must_be("read", read(p[0], buf, 1), -E_INVAL);
	must_be("close", close(p[0]), -E_INVAL);
}

static void
odd_numbers(void)
{
	static const int bad[] = { -1, 32, 33, 64, 0x7FFFFFFF, 0x10000000,
		0x20000 };

	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
		must_be("dup", dup(p[0], bad[i]), -E_INVAL);
		must_be("dup", dup(bad[i], 5), -E_INVAL);
		must_be("close", close(bad[i]), -E_INVAL);
	}
	must_be("dup onto itself", dup(p[0], p[0]), p[0]);
	must_be("the other end there", dup(p[0], p[1]), p[1]);
	must_be("read at the end", read(p[1], buf, 1), 0);
}

static void
forks_at_no_memory(void)
{
	int n = 0;

	while (sys_page_alloc(0, FUZZ_POOL + n * PGSIZE, FUZZ_RW) == 0)
		n++;
	must_be("fork", fork(), -E_NO_MEM);
	must_be("pipe", pipe(p), -E_NO_MEM);
	must_be("dup", dup(p[0], 8), 8);
}

static void
dies_with_the_lock(void)
{
	uint32_t *ring = (uint32_t *) fd2data(fd_of(p[0]));
	envid_t child = fork_or_panic();

	if (child == 0) {
		ring[2] = sys_getenvid();	// p_owner
		exit();
	}
	wait(child);
	must_be("write", write(p[1], "x", 1), 1);
	must_be("read", read(p[0], buf, 1), 1);
}

static void
console_of_rubbish(void)
{
	int fd = opencons();

	must_be("write of nothing", write(fd, NOWHERE, 0), 0);
	must_be("truncate", ftruncate(fd, 1), -E_NOT_SUPP);
	faults_end_us();
	write(fd, (char *) KERNBASE, 1);
	panic("the console took the kernel's memory");
}

static const struct Attack {
	const char *name;
	void (*run)(void);
} attacks[] = {
	{ "nothing to move", nothing_to_move },
	{ "wrong ends", wrong_ends },
	{ "nobody reads", nobody_reads },
	{ "reader goes", reader_goes },
	{ "writer is killed", writer_is_killed },
	{ "bad buffer", bad_buffer },
	{ "kernel buffer", kernel_buffer },
	{ "positions that lie", positions_that_lie },
	{ "page of rubbish", page_of_rubbish },
	{ "other device", other_device },
	{ "read-only descriptor", read_only_descriptor },
	{ "data page is gone", data_page_is_gone },
	{ "descriptor is gone", descriptor_is_gone },
	{ "odd numbers", odd_numbers },
	{ "forks at no memory", forks_at_no_memory },
	{ "dies with the lock", dies_with_the_lock },
	{ "console of rubbish", console_of_rubbish },
};

// Which attacks end by a fault
static bool
ends_badly(void (*run)(void))
{
	return run == bad_buffer || run == kernel_buffer
		|| run == other_device || run == data_page_is_gone
		|| run == console_of_rubbish;
}

// Run an attack in a child, which sends a message if it gets to its end.
static void
attack(const struct Attack *a)
{
	static volatile bool *done = (bool *) 0x60000000;
	int r = sys_page_alloc(0, (void *) done, FUZZ_RW | PTE_SHARE);

	if (r < 0)
		panic("sys_page_alloc: %e", r);
	envid_t child = fork_or_panic();

	if (child == 0) {
		if ((r = pipe(p)) < 0)
			panic("pipe: %e", r);
		a->run();
		*done = true;
		exit();
	}
	wait(child);
	if (*done == ends_badly(a->run))
		panic("%s: %s", a->name, *done ? "was let" : "failed");
	sys_page_unmap(0, (void *) done);
}

void
umain(int argc, char **argv)
{
	int before = 0;

	USED(argc), USED(argv);
	close_all();
	for (int round = 0; round < 2; round++) {
		for (unsigned i = 0; i < ARRAY_SIZE(attacks); i++) {
			attack(&attacks[i]);
			check_server();
		}
		check_child();
		free_pages();
		if (round == 0)
			before = free_pages();
	}
	if (free_pages() != before)
		panic("%d pages, then %d", before, free_pages());
	cprintf("testpipeabuse ok\n");
}
