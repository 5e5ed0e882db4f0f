// ext/exec/user/initesh.c - becomes esh, the shell with exec, on the console.

#include <inc/lib.h>

#include <ext/exec/exec.h>

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	close(0), close(1);
	if (opencons() != 0 || dup(0, 1) != 1)
		panic("no console");
	panic("exec: %e", execl("/esh", "esh", NULL));
}
