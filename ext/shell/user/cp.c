// ext/shell/user/cp.c - copies a file.
//
//	cp from to

#include <ext/shell/copy.h>

void
umain(int argc, char **argv)
{
	if (argc != 3)
		usage("from to");
	copy_file(argv[1], argv[2]);
	exit_with(tool_status);
}
