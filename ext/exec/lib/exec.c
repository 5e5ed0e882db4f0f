// ext/exec/lib/exec.c - becoming the program that is in a file.
//
// Entry points: exec, execl.
//
// They are spawn and spawnl with another last step: the child, whose program is
// loaded and whose descriptors are shared, is not started, but the caller takes
// its place.  Until then every error leaves the caller as it was.

#include <inc/lib.h>

#include <ext/exec/exec.h>
#include <ext/ext.h>

#define spawn		exec
#define spawnl		execl
#define sys_env_set_status(child, status)				\
	ext_call(SYS_exec, (child) + 0 * (status), 0, 0, 0, 0)

#include <lib/spawn.c>
