// lib/fork.c - fork, made of system calls and a page-fault handler.
//
// Entry points:
//   fork	the child has a copy of our memory
//   sfork	the child shares our memory, except for the stack
//
// A copy is made when it is needed.  Until then both sides map the same page
// without PTE_W and with PTE_COW; who writes first faults, and pgfault gives
// it a page of its own.

#include <inc/lib.h>

#define PERM_OWN	(PTE_P | PTE_U | PTE_W)

// The handler: a write to a copy-on-write page gets a page of its own.  If
// there is no memory for one, the program cannot go on.
static void
pgfault(struct UTrapframe *utf)
{
	void *page = (void *) ROUNDDOWN(utf->utf_fault_va, PGSIZE);
	int r;

	if (!(utf->utf_err & FEC_WR) || !(uvpt[PGNUM(page)] & PTE_COW))
		panic("page fault: %s va %08x at ip %08x (error %x)",
			utf->utf_err & FEC_WR ? "writing" : "reading",
			utf->utf_fault_va, utf->utf_eip, utf->utf_err);
	if ((r = page_copy(0, page, PERM_OWN)) < 0)
		panic("copy on write of %p: %e", page, r);
}

// Let the child have page number pn as ours if it is shared or nobody can write
// to it, else copy-on-write; then ours becomes so, too.  Also one that was
// before: it may have been written to since we looked.  The child's comes
// first: if ours were written to in between, the child would get the page that
// we go on writing to.  Returns 0 or an error.
static int
duppage(envid_t child, unsigned pn)
{
	void *va = (void *) (pn * PGSIZE);
	int perm = uvpt[pn] & PTE_SYSCALL;
	int r;

	if (perm & PTE_SHARE)
		return share_page(child, va);
	if (!(perm & (PTE_W | PTE_COW)))
		return map_later(child, va, perm);
	perm = (perm & ~PTE_W) | PTE_COW;
	if ((r = map_later(child, va, perm)) < 0)
		return r;
	return map_later(0, va, perm);
}

// Returns 0 in the child, in the parent the child's id or an error.
envid_t
fork(void)
{
	int r;

	set_pgfault_handler(pgfault);

	envid_t child = sys_exofork();

	if (child < 0)
		return child;
	if (child == 0) {
		thisenv = &envs[ENVX(sys_getenvid())];
		return 0;
	}
	// Its exception stack must not be copied on write: the handler that
	// would make the copy runs on it.
	if ((r = give_memory(child, duppage, true)) < 0
	    || (r = sys_page_alloc(child, (void *) (UXSTACKTOP - PGSIZE),
			PERM_OWN)) < 0
	    || (r = sys_env_set_pgfault_upcall(child, _pgfault_upcall)) < 0
	    || (r = sys_env_set_status(child, ENV_RUNNABLE)) < 0) {
		sys_env_destroy(child);
		return r;
	}
	return child;
}

// ------------------------------------------------------------------- sfork

// Each environment's own: its stack, thisenv, and its requests to the file
// server.  thisenv and fsipcbuf have pages to themselves.
static bool
is_private(const void *va)
{
	return va == &thisenv || va == &fsipcbuf
		|| ((uintptr_t) va < USTACKTOP
			&& (uintptr_t) va >= stack_start());
}

// A page waiting to be copied is copied now, so that what both environments
// write to is one and the same.
static int
sfork_page(envid_t child, unsigned pn)
{
	void *va = (void *) (pn * PGSIZE);
	int r = 0;

	if (is_private(va))
		return duppage(child, pn);
	if (uvpt[pn] & PTE_COW)
		r = page_copy(0, va, PERM_OWN);
	return r < 0 ? r : share_page(child, va);
}

// As fork, but the child shares all memory that there is now, except its
// stack.  Pages that either maps later are its own, and a fork by either
// makes its side of the shared memory a copy.
envid_t
sfork(void)
{
	int r;

	set_pgfault_handler(pgfault);

	envid_t child = sys_exofork();

	if (child < 0)
		return child;
	if (child == 0) {
		thisenv = &envs[ENVX(sys_getenvid())];
		return 0;
	}
	if ((r = give_memory(child, sfork_page, false)) < 0
	    || (r = sys_page_alloc(child, (void *) (UXSTACKTOP - PGSIZE),
			PERM_OWN)) < 0
	    || (r = sys_env_set_pgfault_upcall(child, _pgfault_upcall)) < 0
	    || (r = sys_env_set_status(child, ENV_RUNNABLE)) < 0) {
		sys_env_destroy(child);
		return r;
	}
	return child;
}
