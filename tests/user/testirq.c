// tests/user/testirq.c - spurious interrupts do not end the program.
//
// At each stop in the kernel monitor the tester types which interrupt comes
// next (tests/programs.pm).

#include <inc/lib.h>
#include <inc/x86.h>

#define STOPS	8

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	for (int i = 0; i < STOPS; i++) {
		breakpoint();
		for (volatile int n = 0; n < 100000; n++)
			;
	}
	cprintf("testirq done\n");
}
