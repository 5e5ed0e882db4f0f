// ext/shell/user/mv.c - gives a file another name.
//
//	mv from to
//
// The file server cannot rename, so the file is copied and the old one removed.

#include <ext/shell/copy.h>

void
umain(int argc, char **argv)
{
	int r;

	if (argc != 3)
		usage("from to");
	if (copy_file(argv[1], argv[2]) && (r = remove(argv[1])) < 0)
		complain("%s: %e", argv[1], r);
	exit_with(tool_status);
}
