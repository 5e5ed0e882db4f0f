// tests/user/testpagewait.c - readers and writers of pipes sleep, and wake up
// when they can go on or the other side is gone; and the calls that they use
// for it, sys_page_wait and sys_page_wake.

#include <inc/lib.h>

#include <tests/user/test.h>

#define RW	(PTE_P | PTE_U | PTE_W)

#define PAGE	((volatile uint32_t *) 0x0A000000)	// shared with children
#define OTHER	((void *) 0x0A001000)		// a second mapping of it
#define NEWFD	20				// a descriptor not in use

#define ROUNDS	1000

static int p[2];
static char buf[3 * PGSIZE];			// more than a pipe holds

static void
check(bool ok, const char *what)
{
	if (!ok)
		panic("%s", what);
}

// -------------------------------------------------------------------- calls

static envid_t
start(void (*run)(void))
{
	envid_t child = fork_or_panic();

	if (child == 0) {
		run();
		exit();
	}
	return child;
}

static void
sleep_once(void)
{
	must("sys_page_wait", sys_page_wait(PAGE, 7, pageref((void *) PAGE)));
}

static envid_t
sleeper(void)
{
	envid_t child = start(sleep_once);

	expect_asleep("a child", child);
	return child;
}

static void
check_kernel(void)
{
	check(sys_debug(DEBUG_CHECK, 0) <= 0, "the kernel has faults");
}

static void
test_calls(void)
{
	envid_t child;

	must("page", sys_page_alloc(0, (void *) PAGE, RW | PTE_SHARE));
	*PAGE = 7;

	// Another word or count than given: no sleep
	must("value", sys_page_wait(PAGE, 8, 1));
	must("mappings", sys_page_wait(PAGE, 7, 2));
	must("nobody", sys_page_wake((void *) PAGE));

	// A wake-up for another page
	child = sleeper();
	must("wake", sys_page_wake(ROUNDDOWN(&buf[0], PGSIZE)));
	expect_asleep("a child, with another page awake,", child);
	check_kernel();

	must("wake", sys_page_wake((void *) PAGE));
	wait(child);

	// One more mapping does not wake the sleeper, one less does
	child = sleeper();
	must("map", sys_page_map(0, (void *) PAGE, 0, OTHER, RW));
	expect_asleep("a child, with its page mapped again,", child);
	must("unmap", sys_page_unmap(0, OTHER));
	wait(child);

	// The sleeper's own mapping goes, which may be the last
	child = sleeper();
	must("unmap", sys_page_unmap(child, (void *) PAGE));
	wait(child);
	child = sleeper();
	must("unmap", sys_page_unmap(0, (void *) PAGE));
	wait(child);
	must("page", sys_page_alloc(0, (void *) PAGE, RW | PTE_SHARE));
	*PAGE = 7;

	// The sleeper's parent wakes or destroys it
	child = sleeper();
	must("status", sys_env_set_status(child, ENV_RUNNABLE));
	wait(child);
	child = sleeper();
	destroy_and_wait(child);
	check_kernel();
}

// -------------------------------------------------------------------- pipes

static void
read_one(void)
{
	close(p[1]);
	must("readn", readn(p[0], buf, 1));
	check(buf[0] == 'x', "another byte was read");
}

static void
read_end(void)
{
	close(p[1]);
	check(read(p[0], buf, 1) == 0, "the reader does not see the end");
}

static void
write_all(void)
{
	close(p[0]);
	check(write(p[1], buf, sizeof(buf)) == sizeof(buf),
		"not all was written");
}

static void
write_some(void)
{
	close(p[0]);
	check(write(p[1], buf, sizeof(buf)) < (int) sizeof(buf),
		"more was written than a pipe holds");
}

static void
sleep_with_end(void)
{
	ipc_recv(NULL, NULL, NULL);
}

static void
test_reader(void)
{
	envid_t reader, writer;

	must("pipe", pipe(p));
	reader = start(read_one);
	expect_asleep("a reader", reader);
	must("write", write(p[1], "x", 1));
	wait(reader);

	// The last writer closes the pipe, or is killed
	reader = start(read_end);
	expect_asleep("a reader", reader);
	close(p[1]);
	wait(reader);
	close(p[0]);

	must("pipe", pipe(p));
	writer = start(sleep_with_end);
	close(p[1]);
	reader = start(read_end);
	expect_asleep("a reader", reader);
	destroy_and_wait(writer);
	wait(reader);
	close(p[0]);
}

static void
test_writer(void)
{
	envid_t writer;

	must("pipe", pipe(p));
	writer = start(write_all);
	expect_asleep("a writer", writer);
	check(readn(p[0], buf, sizeof(buf)) == sizeof(buf), "bytes are lost");
	wait(writer);

	writer = start(write_some);
	expect_asleep("a writer", writer);
	close(p[0]);
	wait(writer);
	close(p[1]);
}

// The last writer goes while the reader's descriptor is being copied: the
// copy's data page is mapped already, as if a writer were left (lib/pipe.c).
static void
test_copy_meanwhile(void)
{
	struct Fd *fd, *copy;
	envid_t reader;

	must("pipe", pipe(p));
	must("fd_lookup", fd_lookup(p[0], &fd));
	copy = (struct Fd *) ((char *) fd + (NEWFD - p[0]) * PGSIZE);
	reader = start(read_end);
	expect_asleep("a reader", reader);

	must("data", sys_page_map(0, fd2data(fd), 0, fd2data(copy),
		RW | PTE_SHARE));
	close(p[1]);
	expect_asleep("a reader, while its end is copied,", reader);
	fd_sharing(fd);
	must("descriptor", sys_page_map(0, fd, 0, copy, RW | PTE_SHARE));
	fd_shared(fd);
	wait(reader);
	close(p[0]);
	close(NEWFD);
}

static void
echo_bytes(int in, int out)
{
	char c;

	while (read(in, &c, 1) > 0)
		must("echo", write(out, &c, 1));
}

// Reader and writer sleep most of the time, and no wake-up may be lost.
static void
test_to_and_fro(void)
{
	int there[2], back[2];
	envid_t child;

	must("pipe", pipe(there));
	must("pipe", pipe(back));
	if ((child = fork_or_panic()) == 0) {
		close(there[1]);
		close(back[0]);
		echo_bytes(there[0], back[1]);
		exit();
	}
	close(there[0]);
	close(back[1]);
	for (int i = 0; i < ROUNDS; i++) {
		char c = i;

		must("write", write(there[1], &c, 1));
		check(read(back[0], &c, 1) == 1 && c == (char) i,
			"another byte came back");
	}
	close(there[1]);
	check(read(back[0], buf, 1) == 0, "a byte too many came back");
	close(back[0]);
	wait(child);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);
	test_calls();
	test_reader();
	test_writer();
	test_copy_meanwhile();
	test_to_and_fro();
	check_kernel();
	cprintf("testpagewait ok\n");
}
