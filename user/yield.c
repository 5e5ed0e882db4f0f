// user/yield.c - yields a few times, and prints a line after each.
//
// Run several of them to see round-robin scheduling.

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
