// user/softint.c - pretends to be a page fault.
//
// The gate of the page fault is the processor's to use, not ours: the
// instruction must end in a general protection fault instead.

#include <inc/lib.h>

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	__asm__ volatile("int %0" : : "i" (T_PGFLT));
}
