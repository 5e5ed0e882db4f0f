// user/divzero.c - divides by zero.
//
// The division is in assembly, because a C compiler may compute 1/x without
// dividing.

#include <inc/lib.h>

static volatile int zero;

void
umain(int argc, char **argv)
{
	int quotient = 1, remainder = 0;

	USED(argc), USED(argv);

	__asm__ volatile("idivl %2"
		: "+a" (quotient), "+d" (remainder) : "r" (zero) : "cc");
	cprintf("1/0 is %08x!\n", quotient);
}
