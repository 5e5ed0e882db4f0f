// user/dumbfork.c - a fork that copies every page at once, built from system
// calls; then parent and child take turns.
//
// Compare lib/fork.c, which copies a page when parent or child write to it.

#include <inc/lib.h>

#define PERM	(PTE_P | PTE_U | PTE_W)

// Map a copy of the caller's page at va into child, at va.
static void
copy_page(envid_t child, void *va)
{
	int r;

	if ((r = sys_page_alloc(0, UTEMP, PERM)) < 0)
		panic("sys_page_alloc: %e", r);
	memcpy(UTEMP, va, PGSIZE);
	if ((r = sys_page_map(0, UTEMP, child, va, PERM)) < 0)
		panic("sys_page_map: %e", r);
	if ((r = sys_page_unmap(0, UTEMP)) < 0)
		panic("sys_page_unmap: %e", r);
}

// Returns the child's id to the parent, 0 to the child.
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
	for (va = next_mapped(0, USTACKTOP); va < USTACKTOP;
	     va = next_mapped(va + PGSIZE, USTACKTOP))
		copy_page(child, (void *) va);

	if ((r = sys_env_set_status(child, ENV_RUNNABLE)) < 0)
		panic("sys_env_set_status: %e", r);
	return child;
}

void
umain(int argc, char **argv)
{
	bool parent = dumbfork() != 0;

	USED(argc), USED(argv);

	for (int i = 0; i < (parent ? 10 : 20); i++) {
		cprintf("%d: I am the %s!\n", i, parent ? "parent" : "child");
		sys_yield();
	}
}
