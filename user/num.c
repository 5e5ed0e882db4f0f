// user/num.c - copies files, or its input, with a number before each line.
//
//	num [file...]

#include <inc/lib.h>

static char buf[512];
static int lines;			// numbered so far, in all files
static bool at_start = true;		// of a line

// Write n bytes.  Ends the program if write fails, or if the output is a pipe
// without a reader.
static void
put(const char *s, int n, const char *name)
{
	int r;

	for (; n > 0; s += r, n -= r) {
		r = write(1, s, n);
		if (r < 0)
			cprintf("write error copying %s: %e\n", name, r);
		if (r <= 0)
			exit();
	}
}

// Write n bytes, which may begin and end within a line, with numbers.
static void
put_numbered(const char *s, int n, const char *name)
{
	while (n > 0) {
		if (at_start) {
			char number[16];
			int len = snprintf(number, sizeof(number), "%5d ",
				++lines);
			put(number, len, name);
		}
		const char *newline = memfind(s, '\n', n);
		at_start = newline < s + n;
		int len = newline - s + at_start;
		put(s, len, name);
		s += len;
		n -= len;
	}
}

static void
num(int fd, const char *name)
{
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		put_numbered(buf, n, name);
	if (n < 0)
		cprintf("error reading %s: %e\n", name, n);
}

void
umain(int argc, char **argv)
{
	binaryname = "num";
	if (argc <= 1) {
		num(0, "<stdin>");
		return;
	}
	for (int i = 1; i < argc; i++) {
		int fd = open(argv[i], O_RDONLY);
		if (fd < 0) {
			cprintf("can't open %s: %e\n", argv[i], fd);
			continue;
		}
		num(fd, argv[i]);
		close(fd);
	}
}
