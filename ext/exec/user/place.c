// ext/exec/user/place.c - prints what place a program has among environments:
// how many ancestors are above it, and how many environments there are.

#include <ext/test.h>

static int
ancestors(envid_t parent)
{
	return parent == 0 ? 0
		: 1 + ancestors(envs[ENVX(parent)].env_parent_id);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	printf("ancestors: %d\n", ancestors(thisenv->env_parent_id));
	printf("environments: %d\n", NENV - free_envs());
}
