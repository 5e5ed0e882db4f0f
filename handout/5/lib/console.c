// lib/console.c - the console: byte by byte, and as an open file.
//
// Entry points: cputchar, getchar, iscons, opencons; the device devcons.

// One byte at a time; ^D is the end of the file.
static ssize_t
devcons_read(struct Fd *fd, void *buf, size_t n)
{
	int c;

	USED(fd);
	if (n == 0)
		return 0;
	while ((c = sys_cgetc()) == 0)
		sys_yield();
	if (c == ('D' & 0x1F))
		return 0;
	*(char *) buf = c;
	return 1;
}
