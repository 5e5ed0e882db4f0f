static envid_t
dumbfork(void)
{
	uintptr_t va;
	envid_t child;
	int r;

	if ((child = sys_exofork()) < 0)
		panic("sys_exofork: %e", child);
	if (child == 0) {
		// The child's copy of thisenv still is the parent's
		thisenv = &envs[ENVX(sys_getenvid())];
		return 0;
	}

	// The stack is among these pages.  So the child, too, returns from
	// sys_exofork into this function, with 0.
	for (va = 0; va < USTACKTOP; va += PGSIZE)
		if (page_is_mapped((void *) va))
			copy_page(child, (void *) va);

	if ((r = sys_env_set_status(child, ENV_RUNNABLE)) < 0)
		panic("sys_env_set_status: %e", r);
	return child;
}
