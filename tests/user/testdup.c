// tests/user/testdup.c - descriptors: invalid numbers, all in use, and dup onto
// other descriptors, onto the same one, and onto the ends of pipes.

#include <inc/lib.h>

#define MAXFD	32

static void
expect(const char *what, int got, int want)
{
	if (got != want)
		panic("%s: %d, not %d", what, got, want);
}

static void
test_bad_numbers(void)
{
	static const int bad[] = { -1, 5, MAXFD, 0x7FFFFFFF, -0x7FFFFFFF - 1 };
	struct Stat st;
	char c;

	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
		expect("read", read(bad[i], &c, 1), -E_INVAL);
		expect("write", write(bad[i], "x", 1), -E_INVAL);
		expect("seek", seek(bad[i], 0), -E_INVAL);
		expect("fstat", fstat(bad[i], &st), -E_INVAL);
		expect("ftruncate", ftruncate(bad[i], 0), -E_INVAL);
		expect("close", close(bad[i]), -E_INVAL);
		expect("dup from", dup(bad[i], 6), -E_INVAL);
		expect("iscons", iscons(bad[i]), -E_INVAL);
		expect("pipeisclosed", pipeisclosed(bad[i]), -E_INVAL);
		if (bad[i] != 5)
			expect("dup to", dup(0, bad[i]), -E_INVAL);
	}
	expect("iscons", iscons(0), 1);		// it has not changed
}

// Copies of a descriptor share its offset; closing one leaves the others.
static void
test_file(void)
{
	int fd = open("/lorem", O_RDONLY);
	char a, b;

	expect("open", fd, 1);
	expect("dup", dup(fd, 7), 7);
	expect("dup onto itself", dup(7, 7), 7);
	expect("read", read(fd, &a, 1), 1);
	expect("read", read(7, &b, 1), 1);
	seek(7, 0);
	expect("read", read(fd, &b, 1), 1);
	expect("byte", b, a);
	expect("close", close(fd), 0);
	expect("read", read(7, &b, 1), 1);
	expect("dup onto the console", dup(7, 0), 0);
	expect("iscons", iscons(0), 0);
	expect("close", close(7), 0);
	expect("close", close(0), 0);
	expect("opencons", opencons(), 0);
}

static void
test_pipe(void)
{
	int p[2], q[2];
	char c;

	expect("pipe", pipe(p), 0);
	expect("pipe", pipe(q), 0);

	// dup replaces the only writer of p by another writer of q
	expect("write", write(p[1], "p", 1), 1);
	expect("dup", dup(q[1], p[1]), p[1]);
	expect("read", read(p[0], &c, 1), 1);
	expect("read at the end", read(p[0], &c, 1), 0);
	expect("pipeisclosed", pipeisclosed(p[0]), 1);
	expect("close", close(q[1]), 0);
	expect("write", write(p[1], "q", 1), 1);
	expect("read", read(q[0], &c, 1), 1);
	expect("byte", c, 'q');

	// dup replaces the writer of q by a reader of q
	expect("dup", dup(q[0], p[1]), p[1]);
	expect("write to a reader", write(p[1], "x", 1), -E_INVAL);
	expect("read at the end", read(q[0], &c, 1), 0);
	expect("close", close(q[0]), 0);
	expect("read at the end", read(p[1], &c, 1), 0);
	expect("close", close(p[1]), 0);
	expect("close", close(p[0]), 0);
}

// A pipe needs two free descriptors.
static void
test_all_in_use(void)
{
	int fd, p[2];

	for (int num = 1; num < MAXFD; num++)
		expect("dup", dup(0, num), num);
	expect("open", open("/lorem", O_RDONLY), -E_MAX_OPEN);
	expect("opencons", opencons(), -E_MAX_OPEN);
	expect("pipe", pipe(p), -E_MAX_OPEN);
	expect("close", close(MAXFD - 1), 0);
	expect("pipe", pipe(p), -E_MAX_OPEN);
	expect("close", close(10), 0);
	expect("pipe", pipe(p), 0);
	expect("reader", p[0], 10);
	expect("writer", p[1], MAXFD - 1);
	expect("close", close(p[0]), 0);
	expect("write for nobody", write(p[1], "x", 1), 0);
	expect("close", close(p[1]), 0);
	expect("open", fd = open("/lorem", O_RDONLY), 10);
	for (int num = 1; num < MAXFD - 1; num++)
		expect("close", close(num), 0);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	close_all();
	expect("opencons", opencons(), 0);
	test_bad_numbers();
	test_file();
	test_pipe();
	test_all_in_use();
	test_bad_numbers();
	cprintf("testdup ok\n");
}
