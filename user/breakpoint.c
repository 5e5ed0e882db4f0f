// user/breakpoint.c - executes a breakpoint instruction, which must enter the
// kernel's monitor.

#include <inc/lib.h>
#include <inc/x86.h>

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	breakpoint();
}
