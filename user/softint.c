// user/softint.c - fakes a page fault, by int $14.
//
// Programs may not use the gate of the page fault: the instruction must raise a
// general protection fault instead.

#include <inc/lib.h>

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	__asm__ volatile("int %0" : : "i" (T_PGFLT));
}
