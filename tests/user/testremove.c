// tests/user/testremove.c - a file is removed while it is open: its descriptors
// become invalid, and give no access to a file that takes its place.

#include <inc/lib.h>

static char buf[100];

static void
expect(const char *what, int got, int want)
{
	if (got != want)
		panic("%s: %d, not %d", what, got, want);
}

static int
open_or_panic(const char *name, int mode)
{
	int fd = open(name, mode);

	if (fd < 0)
		panic("open %s: %e", name, fd);
	return fd;
}

static void
expect_gone(int fd)
{
	struct Stat st;

	expect("read", read(fd, buf, 1), -E_INVAL);
	expect("write", write(fd, "x", 1), -E_INVAL);
	expect("ftruncate", ftruncate(fd, 0), -E_INVAL);
	expect("fstat", fstat(fd, &st), -E_INVAL);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	int old = open_or_panic("/old", O_RDWR | O_CREAT);
	int other = open_or_panic("/old", O_RDWR);
	expect("write", write(old, "old", 3), 3);
	expect("dup", dup(old, 9), 9);
	expect("remove", remove("/old"), 0);
	expect("remove", remove("/old"), -E_NOT_FOUND);

	// A new file, which gets the removed one's directory entry
	int new = open_or_panic("/new", O_RDWR | O_CREAT);
	expect("write", write(new, "newer", 5), 5);
	expect_gone(old);
	expect_gone(other);
	expect_gone(9);
	close(old);
	close(other);

	// Another open file, which gets the old slot of the server
	int third = open_or_panic("/new", O_RDONLY);
	expect_gone(9);
	close(9);
	expect("read", readn(third, buf, sizeof(buf)), 5);
	expect("contents", memcmp(buf, "newer", 5), 0);
	expect("remove", remove("/new"), 0);
	cprintf("testremove ok\n");
}
