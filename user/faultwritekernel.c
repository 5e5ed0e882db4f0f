// user/faultwritekernel.c - writes to the kernel's memory: a protection
// fault.

#include <inc/lib.h>

static volatile uint32_t *volatile kernel = (volatile uint32_t *) 0xF0100000;

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	*kernel = 0;
}
