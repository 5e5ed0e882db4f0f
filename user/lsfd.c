// user/lsfd.c - lists its open descriptors, which it inherits from the shell.
//
//	lsfd [-1]
//
// -1	write to descriptor 1, not to the console

#include <inc/lib.h>

#define MAXFD	32

static void
usage(void)
{
	cprintf("usage: lsfd [-1]\n");
	exit();
}

void
umain(int argc, char **argv)
{
	static const char format[] = "fd %d: name %s isdir %d size %d dev %s\n";
	bool to_output = false;
	struct Argstate args;
	struct Stat st;
	int c;

	argstart(&argc, argv, &args);
	while ((c = argnext(&args)) >= 0) {
		if (c != '1')
			usage();
		to_output = true;
	}
	for (int fd = 0; fd < MAXFD; fd++) {
		if (fstat(fd, &st) < 0)
			continue;
		if (to_output)
			fprintf(1, format, fd, st.st_name, st.st_isdir,
				st.st_size, st.st_dev->dev_name);
		else
			cprintf(format, fd, st.st_name, st.st_isdir,
				st.st_size, st.st_dev->dev_name);
	}
}
