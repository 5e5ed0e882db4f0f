// ext/batch/batch.c - a system call that makes many.
//
// It takes a list of calls, carries each out as the plain kernel's syscall()
// does, and writes its result into the list.  What is saved is the way in and
// out of the kernel.
//
// A call that puts its caller to sleep, runs another environment, or works in
// slices ends by another way than by returning a result, so a batch refuses it;
// and sys_exofork, whose child would return from the batch.  A batch is bounded,
// as no other CPU gets the kernel lock meanwhile.
//
// Entry point: a system call.  Under the kernel lock.

#include <inc/error.h>

#include <ext/batch/batch.h>
#include <ext/calls.h>
#include <ext/ready/ready.h>

#include <kern/env.h>
#include <kern/ext.h>
#include <kern/pmap.h>
#include <kern/reap.h>
#include <kern/syscall.h>
#include <kern/usermem.h>

// Calls that only return, with a result; ARGUMENTS: if their arguments are right
enum { NO, YES, ARGUMENTS };
static const uint8_t batched[NSYSCALLS] = {
	[SYS_cputs] = ARGUMENTS,
	[SYS_cgetc] = YES,
	[SYS_getenvid] = YES,
	[SYS_page_alloc] = YES,
	[SYS_page_map] = YES,
	[SYS_page_unmap] = YES,
	[SYS_env_set_status] = ARGUMENTS,
	[SYS_env_set_trapframe] = ARGUMENTS,
	[SYS_env_set_pgfault_upcall] = YES,
	[SYS_ipc_try_send] = YES,
	[SYS_page_wake] = YES,
	[SYS_page_copy] = YES,
};

#define CPUTS_MOST	128		// a longer text is printed in slices

static bool
arguments_allow(const struct BatchedCall *call)
{
	switch (call->number) {
	case SYS_cputs:
		return call->arg[1] <= CPUTS_MOST;
	case SYS_env_set_status:
		return call->arg[1] == ENV_RUNNABLE;
	default:			// SYS_env_set_trapframe
		return env_of(call->arg[0], true) != curenv;
	}
}

// Like the trap of a call, this tries again while ended environments have memory
// to give back.
static int32_t __attribute__((noinline))
try_again(const struct BatchedCall *call)
{
	const uint32_t *a = call->arg;
	int32_t r = -E_NO_MEM;

	for (int i = 0; r == -E_NO_MEM && i < REAPS_A_PAGE && reap_pending();
	     i++) {
		reap_some();
		r = syscall(call->number, a[0], a[1], a[2], a[3], a[4]);
	}
	return r;
}

// The arguments are copied first: the call may unmap them.
ALWAYS_INLINE int32_t
carry_out(const struct BatchedCall *entry)
{
	const uint32_t number = entry->number;

	if (number >= NSYSCALLS || batched[number] == NO)
		return -E_NOT_SUPP;

	const struct BatchedCall call = *entry;

	if (batched[number] == ARGUMENTS && !arguments_allow(&call))
		return -E_NOT_SUPP;

	const int32_t r = syscall(number, call.arg[0], call.arg[1], call.arg[2],
		call.arg[3], call.arg[4]);

	if (number == SYS_ipc_try_send)
		ready_receiver();	// the next one may have another
	return r == -E_NO_MEM ? try_again(&call) : r;
}

// A call may change what is mapped where the list is, so each access is checked;
// a bad list ends the program, as a bad pointer does in other calls.  While the
// list stays in one page, that is a look at its entry in the page table, which
// stays where it is as long as the program lives.
static int
batch(struct BatchedCall *list, size_t n, uint32_t flags)
{
	struct Env *const me = curenv;
	const pte_t all = PTE_P | PTE_U | PTE_W, *pte = NULL;
	uintptr_t page = 1;		// none
	size_t done = 0;
	int32_t r = 0;

	if (n > BATCH_MAX || (flags & ~BATCH_GO_ON)
	    || (uintptr_t) list % sizeof(uint32_t) != 0)
		return -E_INVAL;
	while (done < n && (r >= 0 || (flags & BATCH_GO_ON))) {
		struct BatchedCall *entry = &list[done++];
		const bool divided = PGOFF(entry) > PGSIZE - sizeof(*entry);

		if (divided || ROUNDDOWN((uintptr_t) entry, PGSIZE) != page
		    || (*pte & all) != all) {
			user_mem_assert(me, entry, sizeof(*entry), PTE_W);
			page = ROUNDDOWN((uintptr_t) entry, PGSIZE);
			pte = page_entry(me->env_pgdir, entry);
		}
		r = carry_out(entry);
		if (divided || (*pte & all) != all)
			user_mem_assert(me, entry, sizeof(*entry), PTE_W);
		entry->result = r;
	}
	return done;
}

static bool
batch_syscall(uint32_t number, uint32_t a1, uint32_t a2, uint32_t a3,
	uint32_t a4, uint32_t a5, int32_t *result)
{
	(void) a4, (void) a5;

	if (number != SYS_batch)
		return false;
	*result = batch((struct BatchedCall *) a1, a2, a3);
	return true;
}

EXTENSION(batch, .syscall = batch_syscall);
