// ext/shell/lib/status.c - a program's status at its end.
//
// The kernel keeps it (ext/shell/shell.c) until somebody asks.
//
// Entry points: exit_with, wait_status.

#include <ext/ext.h>
#include <ext/shell/status.h>

void
exit_with(int status)
{
	ext_call(SYS_exit_status, status, 0, 0, 0, 0);
	exit();
}

int
wait_status(envid_t env, int untold)
{
	wait(env);

	int r = ext_call(SYS_status_of, env, 0, 0, 0, 0);

	return r < 0 ? untold : r;
}
