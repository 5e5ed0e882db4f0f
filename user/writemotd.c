// user/writemotd.c - copies /newmotd to /motd, and prints the old and the new
// text.

#include <inc/lib.h>

static int
open_or_panic(const char *path, int mode)
{
	int fd = open(path, mode);

	if (fd < 0)
		panic("open %s: %e", path, fd);
	return fd;
}

// Print a title and the rest of file `from`; copy it to file `to`, unless `to`
// is negative.
static void
show(const char *title, int from, int to)
{
	char buf[512];
	int n, r;

	cprintf("%s\n===\n", title);
	while ((n = read(from, buf, sizeof(buf))) > 0) {
		sys_cputs(buf, n);
		if (to >= 0 && (r = write(to, buf, n)) != n)
			panic("write /motd: %e", r);
	}
	if (n < 0)
		panic("read: %e", n);
	cprintf("===\n");
}

void
umain(int argc, char **argv)
{
	int new = open_or_panic("/newmotd", O_RDONLY);
	int motd = open_or_panic("/motd", O_RDWR);
	int r;

	USED(argc), USED(argv);

	cprintf("file descriptors %d %d\n", new, motd);
	if (new == motd)
		panic("two open files, one descriptor");

	show("OLD MOTD", motd, -1);
	if ((r = ftruncate(motd, 0)) < 0)
		panic("truncate /motd: %e", r);
	if ((r = seek(motd, 0)) < 0)
		panic("seek /motd: %e", r);
	show("NEW MOTD", new, motd);

	close(new);
	close(motd);
}
