// user/cat.c - copies files, or its input, to its output.
//
//	cat [file...]

#include <inc/lib.h>

static char buf[8192];

// Copy all of fd to the output.  Ends the program if write fails, or if the
// output is a pipe without a reader.
static void
cat(int fd, const char *name)
{
	ssize_t n, r;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (ssize_t done = 0; done < n; done += r) {
			if ((r = write(1, buf + done, n - done)) > 0)
				continue;
			if (r < 0)
				cprintf("write error copying %s: %e\n",
					name, r);
			exit();
		}
	if (n < 0)
		cprintf("error reading %s: %e\n", name, n);
}

void
umain(int argc, char **argv)
{
	binaryname = "cat";
	if (argc <= 1) {
		cat(0, "<stdin>");
		return;
	}
	for (int i = 1; i < argc; i++) {
		int fd = open(argv[i], O_RDONLY);
		if (fd < 0) {
			cprintf("can't open %s: %e\n", argv[i], fd);
			continue;
		}
		cat(fd, argv[i]);
		close(fd);
	}
}
