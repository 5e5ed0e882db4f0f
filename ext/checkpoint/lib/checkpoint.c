// ext/checkpoint/lib/checkpoint.c - saving a child, to have it go on from
// there.
//
// What is saved is an environment, too: a child that never runs, with the pages
// of the other at the same addresses.  Pages that the other may write to are
// copied; others, and those that are copy-on-write, are mapped once more, for
// nobody writes to them.  So to save and to restore are the same work, in two
// directions.
//
// Pages with PTE_SHARE, as open files, are not the child's alone: they are
// neither saved nor restored.
//
// Entry points: checkpoint, restore.

#include <ext/checkpoint/checkpoint.h>
#include <ext/ext.h>

// Set *va to the next page at or above it that env has mapped, and *perm to its
// permissions.  Returns 1; 0 if there is none; or an error.
static int
next_page(envid_t env, uintptr_t *va, int *perm)
{
	uint32_t found = *va;

	do {
		found = ext_call(SYS_page_next, env, found, 0, 0, 0);
		if (found == 0 || found > (uint32_t) -MAXERROR)
			return found;
	} while (!(found & PTE_P));
	*va = PTE_ADDR(found);
	*perm = found & PTE_SYSCALL;
	return 1;
}

// for_each_page(env, va, perm, r): r is 0 after the last page, or an error,
// which the body may set, too.
#define for_each_page(env, va, perm, r)					\
	for (uintptr_t va = 0; (r) >= 0					\
		&& ((r) = next_page(env, &(va), &(perm))) > 0; va += PGSIZE)

// Give `to` page va of `from`, which is mapped with perm.
static int
copy_page(envid_t from, envid_t to, uintptr_t va, int perm)
{
	void *page = (void *) va;
	int r;

	if (!(perm & PTE_W))
		return sys_page_map(from, page, to, page, perm);
	if ((r = sys_page_map(from, page, 0, UTEMP, PTE_P | PTE_U)) < 0)
		return r;
	return sys_page_copy(UTEMP, to, page, perm);
}

// Unmap what `to` has where `from` has nothing.
static int
unmap_rest(envid_t from, envid_t to)
{
	int perm, perm2, r = 0;

	for_each_page(to, va, perm, r) {
		uintptr_t same = va;

		if (perm & PTE_SHARE)
			continue;
		r = next_page(from, &same, &perm2);
		if (r == 0 || (r > 0 && same != va))
			r = sys_page_unmap(to, (void *) va);
	}
	return r;
}

static int
copy_memory(envid_t from, envid_t to)
{
	int perm, r = 0;

	for_each_page(from, va, perm, r)
		if (!(perm & PTE_SHARE))
			r = copy_page(from, to, va, perm);
	sys_page_unmap(0, UTEMP);
	return r < 0 ? r : unmap_rest(from, to);
}

// Stop both, and give `to` what `from` has.
static int
copy_env(envid_t from, envid_t to)
{
	int r;

	while ((r = ext_call(SYS_env_copy_state, from, to, 0, 0, 0)) == 1)
		sys_yield();		// another CPU is about to leave one
	return r < 0 ? r : copy_memory(from, to);
}

// Stop the child and save its registers and memory.
// Returns the id of what is saved, for restore, which sys_env_destroy ends; or
// an error.  The child stays stopped: sys_env_set_status lets it go on.
envid_t
checkpoint(envid_t child)
{
	const envid_t saved = sys_exofork();
	int r;

	if (saved < 0)
		return saved;
	if ((r = copy_env(child, saved)) < 0) {
		sys_env_destroy(saved);
		return r;
	}
	return saved;
}

// Stop the child and give it the registers and the memory that it had at the
// checkpoint, which may be used again.  The child stays stopped.
// Returns 0 or an error; after -E_NO_MEM, the child is neither here nor there,
// and must not go on.
int
restore(envid_t child, envid_t saved)
{
	return copy_env(saved, child);
}
