// lib/fork.c - fork, made of system calls and a page-fault handler.
//
// Entry points:
//   fork	the child has a copy of our memory
//   sfork	the child shares our memory, except for the stack
//
// fork copies a page only when parent or child writes to it.  Until then both
// map one page without PTE_W and with PTE_COW; the first write faults, and
// pgfault replaces the page by a copy, or makes it writable if no other
// environment maps it any more.

#include <inc/lib.h>

#define PERM_OWN	(PTE_P | PTE_U | PTE_W)

// The page-fault handler: give the program a copy of its own of a copy-on-write
// page that it writes to; page_copy makes none if nobody else maps the page.
// Panics on other faults, and if there is no memory for the copy.
static void
pgfault(struct UTrapframe *utf)
{
	void *page = (void *) ROUNDDOWN(utf->utf_fault_va, PGSIZE);
	int r;

	// Where no page is (no FEC_PR), there may be no page table, and to read
	// uvpt would be another fault.
	if (!(utf->utf_err & FEC_WR) || !(utf->utf_err & FEC_PR)
	    || !(uvpt[PGNUM(page)] & PTE_COW))
		panic("page fault: %s va %08x at ip %08x (error %x)",
			utf->utf_err & FEC_WR ? "writing" : "reading",
			utf->utf_fault_va, utf->utf_eip, utf->utf_err);
	if ((r = page_copy(0, page, PERM_OWN)) < 0)
		panic("copy on write of %p: %e", page, r);
}

// Map page number pn in the child as well: copy-on-write in both environments
// if it can be written to, unless it is shared.  A page that is copy-on-write
// already is mapped here once more, for it may have been written to since uvpt
// was read.  The child's mapping comes first, and map_later keeps that order:
// if the parent's came first, a write in between would replace the page by a
// copy, and the child would get that copy, which the parent may write to.
// Returns 0 or an error.
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

// The end of fork and sfork: let the child run, or destroy it if r, or what is
// left to do, is an error.  Its exception stack is a new page, for a copy would
// be made by the handler, which runs on that stack.  Returns the child's id or
// the error.
static envid_t
start_child(envid_t child, int r)
{
	if (r < 0
	    || (r = sys_page_alloc(child, (void *) (UXSTACKTOP - PGSIZE),
			PERM_OWN)) < 0
	    || (r = sys_env_set_pgfault_upcall(child, _pgfault_upcall)) < 0
	    || (r = sys_env_set_status(child, ENV_RUNNABLE)) < 0) {
		sys_env_destroy(child);
		return r;
	}
	return child;
}

// Returns 0 in the child, in the parent the child's id or an error.
envid_t
fork(void)
{
	set_pgfault_handler(pgfault);

	envid_t child = sys_exofork();

	if (child == 0)
		thisenv = &envs[ENVX(sys_getenvid())];
	if (child <= 0)
		return child;
	return start_child(child, dup_pages(child, duppage, true));
}

// ------------------------------------------------------------------- sfork

// What sfork copies: the stack, and two variables with a page to themselves,
// thisenv (lib/entry.S) and the page of requests to the file server.
static bool
is_private(const void *va)
{
	return va == &thisenv || va == &fsipcbuf
		|| ((uintptr_t) va < USTACKTOP
			&& (uintptr_t) va >= stack_start());
}

// Share page number pn with the child unless it is private.  A copy-on-write
// page is copied first: the first write of either environment would replace it
// in that one alone.
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

// Like fork, but parent and child share all memory that is mapped now, except
// the stack.  Pages mapped later by either are its own, and a fork by either
// makes its side of the shared memory a copy.
envid_t
sfork(void)
{
	set_pgfault_handler(pgfault);

	envid_t child = sys_exofork();

	if (child == 0)
		thisenv = &envs[ENVX(sys_getenvid())];
	if (child <= 0)
		return child;
	return start_child(child, dup_pages(child, sfork_page, false));
}
