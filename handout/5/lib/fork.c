// lib/fork.c - fork, made of system calls and a page-fault handler.
//
// fork copies a page only when parent or child writes to it.  Until then both
// map one page without PTE_W and with PTE_COW; the first write faults, and
// pgfault replaces the page by a copy.
//
// Entry points: fork; sfork, a challenge.

// The page-fault handler: give the program a copy of its own of a copy-on-write
// page that it writes to, made at PFTEMP.  Panics on other faults, and if there
// is no memory for the copy.
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
	if ((r = sys_page_alloc(0, PFTEMP, PERM_OWN)) < 0)
		panic("copy on write of %p: %e", page, r);
	memcpy(PFTEMP, page, PGSIZE);
	if ((r = sys_page_map(0, PFTEMP, 0, page, PERM_OWN)) < 0
	    || (r = sys_page_unmap(0, PFTEMP)) < 0)
		panic("copy on write of %p: %e", page, r);
}

// Map page number pn in the child as well: copy-on-write in both environments
// if it can be written to or is copy-on-write already, otherwise as it is here.
// A page with PTE_SHARE stays as it is.
// The child's mapping comes first.  Returns 0 or an error.
static int
duppage(envid_t child, unsigned pn)
{
	void *va = (void *) (pn * PGSIZE);
	int perm = uvpt[pn] & PTE_SYSCALL;
	int r;

	if (perm & PTE_SHARE)
		return sys_page_map(0, va, child, va, perm);
	if (!(perm & (PTE_W | PTE_COW)))
		return sys_page_map(0, va, child, va, perm);
	perm = (perm & ~PTE_W) | PTE_COW;
	if ((r = sys_page_map(0, va, child, va, perm)) < 0)
		return r;
	return sys_page_map(0, va, 0, va, perm);
}

// Create a child with a copy of this program's memory, copy-on-write, and with
// a page-fault handler like this one's; its exception stack is a new page, for
// a copy would be made by the handler, which runs on that stack.  The child
// then runs.  Returns 0 in the child, in the parent the child's id; panics or
// returns an error if that is not possible.
envid_t
fork(void)
{
	int r = 0;

	set_pgfault_handler(pgfault);

	envid_t child = sys_exofork();

	if (child == 0)
		thisenv = &envs[ENVX(sys_getenvid())];
	if (child <= 0)
		return child;

	for (uintptr_t va = 0; va < USTACKTOP && r == 0; va += PGSIZE)
		if (page_is_mapped((void *) va))
			r = duppage(child, PGNUM(va));
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

// Like fork, but parent and child share all memory except the stack.
envid_t
sfork(void)
{
	panic("sfork is a challenge");
}
