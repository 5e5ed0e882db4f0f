// user/poweroff.c - turns the machine off.
//
//	poweroff [status]
//
// QEMU exits with this status, by default 0.

#include <inc/lib.h>

void
umain(int argc, char **argv)
{
	int r;

	if ((r = sync()) < 0)
		cprintf("poweroff: sync: %e\n", r);
	r = sys_poweroff(argc > 1 ? strtol(argv[1], 0, 0) : 0);
	cprintf("poweroff: %e\n", r);
}
