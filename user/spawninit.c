// user/spawninit.c - starts user/init.c from the disk, with two arguments.

#include <inc/lib.h>

void
umain(int argc, char **argv)
{
	envid_t child;

	USED(argc), USED(argv);

	cprintf("i am parent environment %08x\n", thisenv->env_id);
	if ((child = spawnl("/init", "init", "one", "two", NULL)) < 0)
		panic("spawn(init) failed: %e", child);
}
