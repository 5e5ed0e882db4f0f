// user/faultread.c - reads through a null pointer.

#include <inc/lib.h>

// Volatile twice: the compiler must neither know that the pointer is NULL nor
// omit the read.
static volatile uint32_t *volatile nowhere;

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	cprintf("I read %08x from location 0!\n", *nowhere);
}
