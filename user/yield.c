// user/yield.c - gives its turn away a few times and says when it is back.
//
// Run several of them to see the scheduler go round.

#include <inc/lib.h>

void
umain(int argc, char **argv)
{
	envid_t me = sys_getenvid();

	USED(argc), USED(argv);

	cprintf("Hello, I am environment %08x.\n", me);
	for (int turn = 0; turn < 5; turn++) {
		sys_yield();
		cprintf("Back in environment %08x, iteration %d.\n", me, turn);
	}
	cprintf("All done in environment %08x.\n", me);
}
