// tests/user/testfilesize.c - file sizes around the ends of blocks, of the
// direct blocks, and of the largest file; invalid offsets; and zeros where a
// file was never written, or was truncated.

#include <inc/lib.h>

#define NAME	"/sized"

static char buf[2 * BLKSIZE];

static void
expect(const char *what, int at, int got, int want)
{
	if (got != want)
		panic("%s at %d: %d, not %d", what, at, got, want);
}

static int
open_or_panic(int mode)
{
	int fd = open(NAME, mode);

	if (fd < 0)
		panic("open: %e", fd);
	return fd;
}

static int
size_of(int fd)
{
	struct Stat st;
	int r = fstat(fd, &st);

	return r < 0 ? r : st.st_size;
}

static int
write_at(int fd, off_t at, int n, char c)
{
	memset(buf, c, n);
	seek(fd, at);
	return write(fd, buf, n);
}

// Check that the n bytes from offset `at` on are all c.
static void
expect_bytes(int fd, off_t at, int n, char c)
{
	seek(fd, at);
	memset(buf, '?', sizeof(buf));
	expect("readn", at, readn(fd, buf, n), n);
	for (int i = 0; i < n; i++)
		expect("byte", at + i, buf[i], c);
}

// Write to a file of `end` bytes across its end, as far as files can grow.
static void
test_edge(off_t end)
{
	int fd = open_or_panic(O_RDWR | O_CREAT | O_TRUNC);
	int behind = end == MAXFILESIZE ? 0 : 1;

	expect("write before", end, write_at(fd, end - 1, 1, 'a'), 1);
	expect("size", end, size_of(fd), end);
	expect("read behind", end, read(fd, buf, 1), 0);
	expect("write across", end, write_at(fd, end - 1, 2, 'b'), 1 + behind);
	expect("size", end, size_of(fd), end + behind);
	expect_bytes(fd, end - 1, 1 + behind, 'b');
	expect_bytes(fd, end - 3, 2, 0);
	expect_bytes(fd, 0, 1, 0);

	expect("ftruncate", end, ftruncate(fd, end - 2), 0);
	expect("size", end, size_of(fd), end - 2);
	expect("ftruncate", end, ftruncate(fd, end), 0);
	expect_bytes(fd, end - 3, 3, 0);
	close(fd);
}

// Invalid offsets and sizes
static void
test_impossible(void)
{
	static const off_t offsets[] = {
		MAXFILESIZE, MAXFILESIZE + 1, 0x7FFFFFFF - BLKSIZE, 0x7FFFFFFF
	};
	int fd = open_or_panic(O_RDWR | O_CREAT | O_TRUNC);

	for (unsigned i = 0; i < ARRAY_SIZE(offsets); i++) {
		off_t at = offsets[i];
		expect("write", at, write_at(fd, at, BLKSIZE, 'x'), -E_INVAL);
		expect("read", at, read(fd, buf, sizeof(buf)), 0);
	}
	expect("write", -1, write_at(fd, -1, 1, 'x'), -E_INVAL);
	expect("read", -1, read(fd, buf, 1), -E_INVAL);
	expect("ftruncate", -1, ftruncate(fd, -1), -E_INVAL);
	expect("ftruncate", 0, ftruncate(fd, MAXFILESIZE + 1), -E_INVAL);
	expect("ftruncate", 0, ftruncate(fd, MAXFILESIZE), 0);
	expect_bytes(fd, MAXFILESIZE - 5, 5, 0);
	expect("size", 0, size_of(fd), MAXFILESIZE);
	close(fd);
}

// Writing at an offset beyond the end, which another descriptor moved, leaves
// zeros between.
static void
test_two_descriptors(void)
{
	int a = open_or_panic(O_RDWR | O_CREAT | O_TRUNC);
	int b = open_or_panic(O_RDWR);

	expect("write", 0, write_at(a, 0, 100, 'a'), 100);
	expect("ftruncate", 0, ftruncate(b, 10), 0);
	expect("read", 100, read(a, buf, 1), 0);
	expect("write", 100, write(a, "end", 3), 3);
	expect_bytes(b, 0, 10, 'a');
	expect_bytes(b, 10, 90, 0);
	expect("size", 0, size_of(b), 103);
	close(a);
	close(b);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	test_edge(BLKSIZE);
	test_edge(NDIRECT * BLKSIZE);
	test_edge((NDIRECT + 1) * BLKSIZE);
	test_edge(MAXFILESIZE - BLKSIZE);
	test_edge(MAXFILESIZE);
	test_impossible();
	test_two_descriptors();
	expect("remove", 0, remove(NAME), 0);
	cprintf("testfilesize ok\n");
}
