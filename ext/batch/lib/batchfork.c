// ext/batch/lib/batchfork.c - fork, whose system calls are made in batches.
//
// The calls are those of the labs' fork: two for each page that can be written
// to, one for each other page, three for the child's start.
//
// The list lies on the stack.  The part of the stack in use is copied, not made
// copy-on-write, or the kernel could not write the results.
//
// Entry point: batch_fork.

#include <ext/batch/batch.h>
#include <ext/cow.h>

#define PERM_OWN	(PTE_P | PTE_U | PTE_W)
#define NCALLS		32		// a quarter of a page of stack

struct Batch {
	size_t n;			// calls in the list
	struct BatchedCall call[NCALLS];
};

// Make the calls.  Returns 0 or the error of the one that failed.
static int
flush(struct Batch *b)
{
	const size_t n = b->n;

	b->n = 0;

	const int done = n > 0 ? sys_batch(b->call, n, 0) : 0;

	if (done <= 0)
		return done;
	return MIN(b->call[done - 1].result, 0);
}

// Make this call, sooner or later.  Returns 0 or an error of an earlier one.
static int
add(struct Batch *b, uint32_t number, uint32_t a1, uint32_t a2, uint32_t a3,
	uint32_t a4, uint32_t a5)
{
	const int r = b->n == NCALLS ? flush(b) : 0;

	b->call[b->n++] = (struct BatchedCall) {
		number, { a1, a2, a3, a4, a5 }, 0 };
	return r;
}

// Give the child this page.  The child's mapping comes first: if ours did, and
// we wrote to the page in between, the child would get our own copy.
static int
add_page(struct Batch *b, envid_t child, uintptr_t va, bool stack)
{
	int perm = uvpt[PGNUM(va)] & PTE_SYSCALL, r;

	if (perm & PTE_SHARE)
		return share_page(child, (void *) va);
	if (stack)
		return add(b, SYS_page_copy, va, child, va, PERM_OWN, 0);
	if (!(perm & (PTE_W | PTE_COW)))
		return add(b, SYS_page_map, 0, va, child, va, perm);
	perm = (perm & ~PTE_W) | PTE_COW;
	if ((r = add(b, SYS_page_map, 0, va, child, va, perm)) < 0)
		return r;
	return add(b, SYS_page_map, 0, va, 0, va, perm);
}

// Not inline: the stack from this frame up is in use.
static int __attribute__((noinline))
duplicate(envid_t child)
{
	struct Batch b = { .n = 0 };
	const uintptr_t in_use = ROUNDDOWN((uintptr_t) &b, PGSIZE);
	uintptr_t va = UXSTACKTOP - PGSIZE;
	int r = 0;

	while (r == 0 && prev_mapped(&va))
		r = add_page(&b, child, va, va >= in_use && va < USTACKTOP);
	if (r < 0
	    || (r = add(&b, SYS_page_alloc, child, UXSTACKTOP - PGSIZE,
			PERM_OWN, 0, 0)) < 0
	    || (r = add(&b, SYS_env_set_pgfault_upcall, child,
			(uintptr_t) _pgfault_upcall, 0, 0, 0)) < 0
	    || (r = add(&b, SYS_env_set_status, child, ENV_RUNNABLE, 0, 0,
			0)) < 0)
		return r;
	return flush(&b);
}

// Returns 0 in the child, in the parent the child's id or an error.
envid_t
batch_fork(void)
{
	set_pgfault_handler(copy_on_write);

	const envid_t child = sys_exofork();

	if (child == 0)
		thisenv = &envs[ENVX(sys_getenvid())];
	if (child <= 0)
		return child;

	const int r = duplicate(child);

	if (r < 0)
		sys_env_destroy(child);
	return r < 0 ? r : child;
}
