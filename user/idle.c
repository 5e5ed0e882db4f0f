// user/idle.c - gives its turn away for ever: something to run beside others.

#include <inc/lib.h>

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	binaryname = "idle";
	for (;;)
		sys_yield();
}
