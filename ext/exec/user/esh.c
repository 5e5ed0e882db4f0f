// ext/exec/user/esh.c - the shell, but the last command of a line is run by
// exec, in the environment that was forked for it, and so without one more.
//
// The commands before the last are spawned, as by sh: somebody must wait for
// the commands behind them.

#include <inc/lib.h>

#include <ext/exec/exec.h>

static envid_t other;			// that this environment forked last;
					// 0 or less: it waits for none

static envid_t
fork_and_note(void)
{
	return other = fork();
}

static envid_t
run(const char *path, const char **argv)
{
	return other > 0 ? spawn(path, argv) : exec(path, argv);
}

#define fork	fork_and_note
#define spawn	run

#include <user/sh.c>
