// user/badsegment.c - loads a selector that is no data segment: a general
// protection fault with that selector as its error code.

#include <inc/lib.h>

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	__asm__ volatile("movl %0, %%ds" : : "r" (GD_TSS0));
}
