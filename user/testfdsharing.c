// user/testfdsharing.c - after fork, parent and child share an open file:
// its contents and its offset.

#include <inc/lib.h>
#include <inc/x86.h>

static char before[512], after[512];

// Read the file from its offset on, and compare.
static void
read_again(int fd, int size, const char *who)
{
	int r = readn(fd, after, sizeof(after));

	if (r != size)
		panic("read in %s: %d bytes, not %d", who, r, size);
	if (memcmp(before, after, size) != 0)
		panic("read in %s: other bytes", who);
	cprintf("read in %s succeeded\n", who);
}

void
umain(int argc, char **argv)
{
	int fd, size;
	envid_t child;

	USED(argc), USED(argv);

	if ((fd = open("/motd", O_RDONLY)) < 0)
		panic("open /motd: %e", fd);
	if ((size = readn(fd, before, sizeof(before))) <= 0)
		panic("readn: %e", size);

	if ((child = fork()) < 0)
		panic("fork: %e", child);
	if (child == 0) {
		seek(fd, 0);
		cprintf("going to read in child "
			"(might page fault if your sharing is buggy)\n");
		read_again(fd, size, "child");

		// The parent reads from this offset, after this close
		seek(fd, 0);
		close(fd);
		exit();
	}
	wait(child);
	read_again(fd, size, "parent");
	close(fd);

	breakpoint();
}
