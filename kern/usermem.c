// kern/usermem.c - a program that lends the kernel memory it does not have.
//
// Entry point: user_mem_assert (kern/pmap.h).  What it asks, user_mem_check in
// kern/pmap.c answers; ending the program is a matter of environments, which is
// why it is not there.  What may be used is open for the rest of the trap: a
// processor with SMAP stops the kernel where nobody asked.

#include <inc/env.h>
#include <inc/error.h>
#include <inc/stdio.h>

#include <kern/cpu.h>
#include <kern/env.h>
#include <kern/pmap.h>
#include <kern/usermem.h>

// End env unless it may use all of [va, va+len) from user mode as perm says.
// May not return if env is curenv.
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
