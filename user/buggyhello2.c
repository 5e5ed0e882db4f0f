// user/buggyhello2.c - asks the kernel to print a string that is far shorter
// than the length given.
//
// The first page can be read, a later one cannot.  The kernel must check all
// pages before it prints the first byte.

#include <inc/lib.h>

static const char text[] = "hello, world\n";

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	sys_cputs(text, 1024 * 1024);
}
