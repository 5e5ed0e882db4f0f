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

void _pgfault_upcall(void);

static void __attribute__((noreturn))
bad_fault(struct UTrapframe *utf)
{
	panic("page fault: %s va %08x at ip %08x, page is %s (error %x)",
		utf->utf_err & FEC_WR ? "writing" : "reading",
		utf->utf_fault_va, utf->utf_eip,
		utf->utf_err & FEC_PR ? "protected" : "not there",
		utf->utf_err);
}

// Give env, which may be 0 for us, a page of its own at va, with what is in
// ours.  It goes by way of PFTEMP, as ours must be there to be read.
static int
copy_page(envid_t env, void *va)
{
	int r = sys_page_alloc(0, PFTEMP, PTE_P | PTE_U | PTE_W);

	if (r < 0)
		return r;
	memcpy(PFTEMP, va, PGSIZE);
	r = sys_page_map(0, PFTEMP, env, va, PTE_P | PTE_U | PTE_W);
	sys_page_unmap(0, PFTEMP);
	return r;
}

// The handler: a write to a copy-on-write page gets a page of its own.  If
// there is none, the program cannot go on.
static void
pgfault(struct UTrapframe *utf)
{
	void *page = (void *) ROUNDDOWN(utf->utf_fault_va, PGSIZE);
	int r;

	if (!(utf->utf_err & FEC_WR) || !page_is_mapped(page)
	    || !(uvpt[PGNUM(page)] & PTE_COW))
		bad_fault(utf);
	if ((r = copy_page(0, page)) < 0)
		panic("copy on write of %p: %e", page, r);
}

// The stack is what is mapped without a gap below USTACKTOP.
static bool
is_stack(uintptr_t va)
{
	if (va >= USTACKTOP)
		return false;
	for (uintptr_t above = va; above < USTACKTOP; above += PGSIZE)
		if (!page_is_mapped((void *) above))
			return false;
	return true;
}

// Let the child have the page at va: as ours if it is marked PTE_SHARE or
// nobody can write it, otherwise copy-on-write.  Returns 0 or an error.
static int
duppage(envid_t child, void *va)
{
	int perm = uvpt[PGNUM(va)] & PTE_SYSCALL;
	int r;

	if ((perm & PTE_SHARE) || !(perm & (PTE_W | PTE_COW)))
		return share_page(child, va);

	// The child first: had we marked our own page before and written to
	// it by now, the child would get the page that we go on writing to.
	// Ours again even if it was PTE_COW: it may have been written to since
	// we looked.
	perm = (perm & ~PTE_W) | PTE_COW;
	if ((r = sys_page_map(0, va, child, va, perm)) < 0)
		return r;
	return sys_page_map(0, va, 0, va, perm);
}

// Exception stacks are not shared or copied on write: the handler that would
// make the copy runs on them.
static int
exception_stack_init(envid_t child)
{
	int r = sys_page_alloc(child, (void *) (UXSTACKTOP - PGSIZE),
		PTE_P | PTE_U | PTE_W);

	if (r < 0)
		return r;
	return sys_env_set_pgfault_upcall(child, _pgfault_upcall);
}

// Give every page but the exception stack, then start the child.
// From the top down: a pipe's page comes before the descriptor that refers to
// it, as lib/pipe.c needs.  The part of the stack that is in use, from frame
// down, is copied now: we would write to it at once, and when memory is short
// fork can say so, while pgfault could only end us.
static int
child_start(envid_t child, int (*give)(envid_t child, void *va),
	uintptr_t frame)
{
	uintptr_t va = UXSTACKTOP - PGSIZE;
	int r = exception_stack_init(child);

	while (r >= 0 && prev_mapped(&va))
		r = va <= frame && is_stack(va)
			&& !(uvpt[PGNUM(va)] & PTE_SHARE)
			? copy_page(child, (void *) va)
			: give(child, (void *) va);
	if (r >= 0)
		r = sys_env_set_status(child, ENV_RUNNABLE);
	return r;
}

// What fork and sfork have in common.  Inlined, so that the child returns
// through a frame that stays as it is while the parent makes copies.
static inline envid_t __attribute__((always_inline))
fork_by(int (*give)(envid_t child, void *va))
{
	int r = pgfault_init(pgfault);

	if (r < 0)
		return r;

	envid_t child = sys_exofork();

	if (child < 0)
		return child;
	if (child == 0) {
		thisenv = &envs[ENVX(sys_getenvid())];
		return 0;
	}

	r = child_start(child, give,
		(uintptr_t) __builtin_frame_address(0));
	if (r < 0) {
		sys_env_destroy(child);
		return r;
	}
	return child;
}

// Returns 0 in the child, in the parent the child's id or an error.
envid_t
fork(void)
{
	return fork_by(duppage);
}

// Each environment's own: its stack, thisenv, and its requests to the file
// server.  thisenv and fsipcbuf have pages to themselves.
static bool
is_private(uintptr_t va)
{
	return va == (uintptr_t) &thisenv || va == (uintptr_t) &fsipcbuf
		|| is_stack(va);
}

static int
sduppage(envid_t child, void *va)
{
	if (is_private((uintptr_t) va))
		return duppage(child, va);

	// A page waiting to be copied is copied now, so that what both
	// environments write to is one and the same.
	int r = uvpt[PGNUM(va)] & PTE_COW ? copy_page(0, va) : 0;

	return r < 0 ? r : share_page(child, va);
}

// As fork, but the child shares all memory that there is now, except its
// stack.  Pages that either maps later are its own, and a fork by either
// makes its side of the shared memory a copy.
envid_t
sfork(void)
{
	return fork_by(sduppage);
}
