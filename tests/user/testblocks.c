// tests/user/testblocks.c - bytes that were never written to a file read as
// zeros, whatever its disk blocks held before.

#include <inc/lib.h>

#define NAME	"/testblocks"
#define SIZE	(12 * BLKSIZE)		// two blocks are indirect
#define KEPT	100			// bytes left after the truncation

static uint8_t buf[SIZE];

static void
must(int r, const char *what)
{
	if (r < 0)
		panic("%s: %e", what, r);
}

static void
write_all(int fd, size_t n)
{
	int r;

	for (size_t done = 0; done < n; done += r)
		must(r = write(fd, buf + done, n - done), "write");
}

// Check that the file has n bytes: `byte` from offset `from` up to `to`, and
// zeros elsewhere.
static void
check(int fd, int n, int from, int to, uint8_t byte)
{
	must(seek(fd, 0), "seek");
	memset(buf, 0xEE, sizeof(buf));

	int r = readn(fd, buf, sizeof(buf));

	must(r, "readn");
	if (r != n)
		panic("%d bytes, not %d", r, n);
	for (int i = 0; i < n; i++)
		if (buf[i] != (i >= from && i < to ? byte : 0))
			panic("byte %d is %02x", i, buf[i]);
}

void
umain(int argc, char **argv)
{
	int fd;

	USED(argc), USED(argv);
	must(fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC), "open");
	memset(buf, 0xA5, sizeof(buf));
	write_all(fd, SIZE);

	// Truncate and extend: the rest of the last block, and the blocks that
	// are freed and allocated again, must be zeros
	must(ftruncate(fd, KEPT), "ftruncate");
	must(ftruncate(fd, SIZE), "ftruncate");
	check(fd, SIZE, 0, KEPT, 0xA5);

	// One byte, far beyond the end of the file
	must(ftruncate(fd, 0), "ftruncate");
	must(seek(fd, SIZE - 1), "seek");
	memset(buf, 0x5A, 1);
	write_all(fd, 1);
	check(fd, SIZE, SIZE - 1, SIZE, 0x5A);

	close(fd);
	must(remove(NAME), "remove");
	cprintf("testblocks ok\n");
}
