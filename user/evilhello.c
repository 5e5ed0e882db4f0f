// user/evilhello.c - asks the kernel to print the kernel's own memory.
//
// It is mapped, but not for us: what the kernel may read, it must not read
// on our behalf.

#include <inc/lib.h>

#define KERNEL_ENTRY	0xF010000C

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	sys_cputs((const char *) KERNEL_ENTRY, 100);
}
