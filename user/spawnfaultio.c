// user/spawnfaultio.c - starts user/faultio.c from the disk.

#include <inc/lib.h>

void
umain(int argc, char **argv)
{
	envid_t child;

	USED(argc), USED(argv);

	cprintf("i am parent environment %08x\n", thisenv->env_id);
	if ((child = spawnl("/faultio", "faultio", NULL)) < 0)
		panic("spawn(faultio) failed: %e", child);
}
