// user/spin.c - a child that never yields is preempted, so that the parent can
// destroy it.
//
// Needs timer interrupts.

#include <inc/lib.h>

void
umain(int argc, char **argv)
{
	envid_t child;

	USED(argc), USED(argv);

	cprintf("I am the parent.  Forking the child...\n");
	if ((child = fork()) < 0)
		panic("fork: %e", child);
	if (child == 0) {
		cprintf("I am the child.  Spinning...\n");
		for (;;)
			__asm__ volatile("pause");
	}

	cprintf("I am the parent.  Running the child...\n");
	for (int turn = 0; turn < 8; turn++)
		sys_yield();

	cprintf("I am the parent.  Killing the child...\n");
	sys_env_destroy(child);
}
