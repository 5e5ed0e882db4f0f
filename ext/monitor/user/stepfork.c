// ext/monitor/user/stepfork.c - a program that forks, faults and yields after it
// has stopped in the kernel monitor, to be stepped through that.

#include <inc/lib.h>
#include <inc/x86.h>

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	breakpoint();
	if (fork() < 0)
		panic("fork");
	for (int i = 0; i < 3; i++)
		sys_yield();
	cprintf("stepfork ok\n");
}
