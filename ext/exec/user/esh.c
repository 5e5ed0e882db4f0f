// ext/exec/user/esh.c - the shell, but the last command of a line is run by
// exec, in the environment that was forked for it, and so without one more.
//
// The commands before the last are spawned, as by sh: somebody must wait for
// the commands behind them.

#include <inc/lib.h>

#include <ext/exec/exec.h>

static bool waits_for_others;		// did this environment fork another?

static envid_t
fork_and_note(void)
{
	const envid_t child = fork();

	waits_for_others = child > 0;
	return child;
}

static envid_t
run(const char *path, const char **argv)
{
	return waits_for_others ? spawn(path, argv) : exec(path, argv);
}

#define fork	fork_and_note
#define spawn	run

#include <user/sh.c>
