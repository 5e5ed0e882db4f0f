// ext/mmap/pager.c - who is the pager?
//
// Programs that are no relatives find the same pager by asking the kernel.  The
// first that finds none starts one.
//
// Entry point: a system call.  Under the kernel lock.

#include <inc/error.h>

#include <kern/env.h>
#include <kern/ext.h>
#include <kern/tty.h>

#include <ext/calls.h>

// Returns the pager; if there is none, candidate becomes it, curenv or a child
// of curenv, unless that is 0.  So two that look for one at once agree.
// Returns -E_BAD_ENV if candidate is neither.
static envid_t
sys_pager(envid_t candidate)
{
	static const struct Env nobody;
	static envid_t pager;
	const struct Env *e;

	if (pager != 0 && env_by_id(pager))
		return pager;
	if (candidate == 0)
		return 0;
	if (!(e = env_own(candidate)))
		return -E_BAD_ENV;
	foreground_inherit(&nobody, e->env_id);	// ^C is not for it
	return pager = e->env_id;
}

static bool
mmap_syscall(uint32_t number, uint32_t a1, uint32_t a2, uint32_t a3,
	uint32_t a4, uint32_t a5, int32_t *result)
{
	(void) a2, (void) a3, (void) a4, (void) a5;
	if (number != SYS_pager)
		return false;
	*result = sys_pager(a1);
	return true;
}

EXTENSION(mmap, .syscall = mmap_syscall);
