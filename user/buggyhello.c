// user/buggyhello.c - asks the kernel to print from an unmapped address.
//
// The kernel must end this program, and must not fault itself.

#include <inc/lib.h>

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	sys_cputs((const char *) 1, 1);
}
