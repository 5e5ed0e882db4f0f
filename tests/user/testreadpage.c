// tests/user/testreadpage.c - a read into a whole page changes no more of it
// than a read to an unaligned address.

#include <inc/lib.h>

#include <tests/user/test.h>

#define FILE	"/hello"
#define SHORT	3			// bytes: fewer than a request has

static char page[PGSIZE] __attribute__((aligned(PGSIZE)));
static char same[PGSIZE + 1];		// for the unaligned read, to same + 1

static void
check(bool ok, const char *what)
{
	if (!ok)
		panic("%s", what);
}

static void
only_changed(size_t n)
{
	for (size_t i = n; i < sizeof(page); i++)
		check(page[i] == 'z', "more than the answer has changed");
}

// Read n bytes at an offset into both buffers, and compare.
static void
read_both(int fd, off_t offset, size_t n, ssize_t want)
{
	memset(page, 'z', sizeof(page));
	seek(fd, offset);
	check(read(fd, same + 1, n) == want, "a read elsewhere");
	seek(fd, offset);
	check(read(fd, page, n) == want, "a read into a page");
	check(memcmp(page, same + 1, want) == 0, "other bytes were read");
	only_changed(want);
}

void
umain(int argc, char **argv)
{
	struct Stat st;
	int fd;

	USED(argc), USED(argv);
	must("open", fd = open(FILE, O_RDONLY));
	must("fstat", fstat(fd, &st));
	check(st.st_size > PGSIZE, FILE " is too short for this");

	read_both(fd, 0, PGSIZE, PGSIZE);
	read_both(fd, 100, 1000, 1000);
	read_both(fd, 100, SHORT, SHORT);
	read_both(fd, st.st_size - SHORT, PGSIZE, SHORT);
	read_both(fd, st.st_size, PGSIZE, 0);

	// A copy-on-write page is copied, and the child keeps the old one
	memset(page, 'z', sizeof(page));
	envid_t child = fork_or_panic();

	if (child == 0) {
		ipc_recv(NULL, NULL, NULL);
		only_changed(0);
		exit();
	}
	seek(fd, 0);
	check(read(fd, page, 1000) == 1000, "a read into a page to be copied");
	only_changed(1000);
	ipc_send(child, 0, NULL, 0);
	wait(child);

	// An error changes nothing
	memset(page, 'z', sizeof(page));
	must("remove", remove(FILE));
	check(read(fd, page, PGSIZE) < 0, "a file that is gone was read");
	only_changed(0);
	cprintf("testreadpage ok\n");
}
