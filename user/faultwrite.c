// user/faultwrite.c - writes through a null pointer.

#include <inc/lib.h>

static volatile uint32_t *volatile nowhere;

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	*nowhere = 0;
}
