// Map page number pn in the child as well: copy-on-write in both environments
// if it can be written to or is copy-on-write already, otherwise as it is here.
// The child's mapping comes first.  Returns 0 or an error.
static int
duppage(envid_t child, unsigned pn)
{
	void *va = (void *) (pn * PGSIZE);
	int perm = uvpt[pn] & PTE_SYSCALL;
	int r;

	if (!(perm & (PTE_W | PTE_COW)))
		return sys_page_map(0, va, child, va, perm);
	perm = (perm & ~PTE_W) | PTE_COW;
	if ((r = sys_page_map(0, va, child, va, perm)) < 0)
		return r;
	return sys_page_map(0, va, 0, va, perm);
}
