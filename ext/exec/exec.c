// ext/exec/exec.c - an environment takes over what a child of it has.
//
// The library makes a child with the new program, as spawn does, and the last
// step, sys_exec, gives the child's address space and registers to the caller.
// The caller's go to the child, which ends, so that they are freed as those of
// any environment that ends.  What belongs to an environment and not to its
// address space stays the caller's: id, parent, children, mailbox, foreground.
//
// Under the kernel lock.

#include <inc/error.h>
#include <inc/x86.h>

#include <kern/env.h>
#include <kern/ext.h>
#include <kern/fpu.h>
#include <kern/longcall.h>
#include <kern/pmap.h>

#include <ext/calls.h>
#include <ext/exceptions/exceptions.h>

// Go on as the child envid, which must never have run, and which ends.
// Returns 0, in the child's program; or with nothing changed: -E_BAD_ENV;
// -E_INVAL: the child may have run, or may yet.
static int
sys_exec(envid_t envid)
{
	struct Env *me = curenv, *child;
	int r;

	if ((r = envid2env(envid, &child, true)) < 0)
		return r;
	if (child == me || child->env_status != ENV_NOT_RUNNABLE
	    || child->env_runs != 0)
		return -E_INVAL;

	pde_t *old = me->env_pgdir;

	me->env_pgdir = child->env_pgdir;
	child->env_pgdir = old;
	lcr3(PADDR(me->env_pgdir));
	me->env_tf = child->env_tf;
	me->env_pgfault_upcall = child->env_pgfault_upcall;
	fpu_free(me);			// the program begins with new ones
	longcall_forget(me);
	exceptions_forget(me);
	env_destroy(child);
	return 0;
}

static bool
exec_syscall(uint32_t number, uint32_t a1, uint32_t a2, uint32_t a3,
	uint32_t a4, uint32_t a5, int32_t *result)
{
	(void) a2, (void) a3, (void) a4, (void) a5;
	if (number != SYS_exec)
		return false;
	*result = sys_exec(a1);
	return true;
}

EXTENSION(exec, .syscall = exec_syscall);
