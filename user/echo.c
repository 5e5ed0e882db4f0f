// user/echo.c - prints its arguments, separated by blanks.
//
//	echo [-n] words...
//
// -n	no newline at the end

#include <inc/lib.h>

void
umain(int argc, char **argv)
{
	bool newline = true;
	int first = 1;

	if (argc > 1 && strcmp(argv[1], "-n") == 0) {
		newline = false;
		first = 2;
	}
	for (int i = first; i < argc; i++)
		printf("%s%s", i > first ? " " : "", argv[i]);
	if (newline)
		printf("\n");
}
