// ext/sysfork/lib/sysfork.c - fork in one system call, from the program's side.
//
// Entry point: sys_fork.

#include <ext/cow.h>
#include <ext/sysfork/sysfork.h>

#define NFDS		32		// as in lib/fd.c

// Call f for each descriptor that is open.
static void
for_each_fd(void (*f)(void *fd))
{
	struct Fd *fd;

	for (int num = 0; num < NFDS; num++)
		if (fd_lookup(num, &fd) == 0)
			f(fd);
}

// The library counts how often a descriptor is shared, or one that reads the
// reference counts of a pipe's pages meanwhile could take the pipe for closed.
envid_t
sys_fork(void)
{
	set_pgfault_handler(copy_on_write);
	for_each_fd(fd_sharing);

	const envid_t child = ext_call(SYS_fork, 0, 0, 0, 0, 0);

	if (child == 0)
		thisenv = &envs[ENVX(sys_getenvid())];
	else
		for_each_fd(fd_shared);
	return child;
}
