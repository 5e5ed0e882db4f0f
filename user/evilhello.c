// user/evilhello.c - asks the kernel to print the kernel's own memory.
//
// That memory is mapped, but not accessible in user mode.  The kernel could
// read it, but must not do so for a program.

#include <inc/lib.h>

#define KERNEL_ENTRY	0xF010000C

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	sys_cputs((const char *) KERNEL_ENTRY, 100);
}
