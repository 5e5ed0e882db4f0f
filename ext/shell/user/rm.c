// ext/shell/user/rm.c - removes files.
//
//	rm file...

#include <ext/shell/tool.h>

void
umain(int argc, char **argv)
{
	int r;

	if (argc < 2)
		usage("file...");
	for (int i = 1; i < argc; i++)
		if ((r = remove(argv[i])) < 0)
			complain("%s: %e", argv[i], r);
	exit_with(tool_status);
}
