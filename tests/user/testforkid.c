// tests/user/testforkid.c - thisenv is right as soon as fork returns in a
// child, and in the child's child, while many environments run.

#include <inc/lib.h>

#define CHILDREN	8
#define DEPTH		3

enum { RIGHT = 1, WRONG };

static bool
thisenv_is_right(void)
{
	// Read thisenv before any library call could set it
	const volatile struct Env *e = thisenv;
	envid_t claimed = e->env_id;
	envid_t me = sys_getenvid();

	return claimed == me && e == &envs[ENVX(me)];
}

// Fork a chain of environments; each checks thisenv before and after it forks.
// The last one sends the result.
static void
descend(envid_t judge)
{
	bool right = thisenv_is_right();

	for (int depth = 0; right && depth < DEPTH; depth++) {
		envid_t parent = sys_getenvid();
		envid_t child = fork();

		if (child < 0)
			panic("fork: %e", child);
		right = thisenv_is_right();
		if (child == 0)
			right = right && thisenv->env_parent_id == parent;
		else if (right)
			return;
	}
	ipc_send(judge, right ? RIGHT : WRONG, NULL, 0);
}

void
umain(int argc, char **argv)
{
	envid_t me = sys_getenvid();

	USED(argc), USED(argv);

	for (int i = 0; i < CHILDREN; i++) {
		envid_t child = fork();

		if (child < 0)
			panic("fork: %e", child);
		if (child == 0) {
			descend(me);
			return;
		}
		if (!thisenv_is_right())
			panic("the parent's thisenv changed");
	}
	for (int i = 0; i < CHILDREN; i++)
		if (ipc_recv(NULL, NULL, NULL) != RIGHT)
			panic("thisenv is wrong in a child");
	cprintf("testforkid ok\n");
}
