// user/hello.c - the first program: prints two lines and ends.
//
// The second line needs thisenv, which the library sets up from envs[].

#include <inc/lib.h>

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	cprintf("hello, world\n");
	cprintf("i am environment %08x\n", thisenv->env_id);
}
