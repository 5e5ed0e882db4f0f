// user/idle.c - yields for ever.

#include <inc/lib.h>

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	binaryname = "idle";
	for (;;)
		sys_yield();
}
