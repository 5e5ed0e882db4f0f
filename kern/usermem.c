// kern/usermem.c - ends programs that pass the kernel a bad pointer.
//
// Entry point: user_mem_assert (kern/pmap.h).  The labs have it in kern/pmap.c,
// but it calls env_destroy, which is of a higher layer.

#include <inc/env.h>
#include <inc/error.h>
#include <inc/stdio.h>

#include <kern/cpu.h>
#include <kern/env.h>
#include <kern/pmap.h>
#include <kern/usermem.h>

// End env unless it may use all of [va, va+len) from user mode as perm says; if
// env is curenv, this may not return.  Else open the memory of programs to the
// kernel until the trap ends, which SMAP forbids without this call.
void
user_mem_assert(struct Env *env, const void *va, size_t len, int perm)
{
	if (user_mem_check(env, va, len, perm | PTE_U) == 0) {
		user_memory_open();
		return;
	}
	cprintf("[%08x] user_mem_check assertion failure for va %08x\n",
		env->env_id, user_mem_check_addr);
	env_destroy(env);
}
