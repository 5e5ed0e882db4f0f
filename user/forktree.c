// user/forktree.c - a binary tree of environments, three levels below the
// root; each prints the path that leads to it.

#include <inc/lib.h>

#define DEPTH	3

// Fork a child that has digit added to its path.  True in the child.
static bool
branch_off(char *path, char digit)
{
	envid_t child = fork();
	int depth = strlen(path);

	if (child < 0)
		panic("fork: %e", child);
	if (child == 0)
		path[depth] = digit;
	return child == 0;
}

void
umain(int argc, char **argv)
{
	char path[DEPTH + 1] = "";

	USED(argc), USED(argv);

	// A child goes on with a longer path, a parent of two children is done
	do
		cprintf("%04x: I am '%s'\n", sys_getenvid(), path);
	while (strlen(path) < DEPTH
		&& (branch_off(path, '0') || branch_off(path, '1')));
}
