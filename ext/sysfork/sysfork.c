// ext/sysfork/sysfork.c - fork in one system call.
//
// The kernel does what lib/fork.c does, for all pages below UTOP wherever they
// lie: those with PTE_SHARE stay shared, those that could be written to become
// copy-on-write in parent and child, others are shared read-only.  Two are
// copied at once: the exception stack, on which the copy-on-write handler runs,
// and the page of the stack in use, to which both write first.  The child has
// its parent's page-fault upcall.
//
// A large address space is copied in slices, as other long calls work
// (kern/longcall.c), and the child starts after the last one.
//
// Entry point: a system call.  Under the kernel lock.

#include <inc/error.h>
#include <inc/string.h>
#include <inc/x86.h>

#include <ext/calls.h>

#include <kern/env.h>
#include <kern/ext.h>
#include <kern/longcall.h>
#include <kern/pmap.h>
#include <kern/syscall.h>

#define SLICE		512		// pages, before the end of a table

// The child that a slice has left unfinished, by the parent's slot
static envid_t unfinished[NENV];

// Does the child get a copy of the page at va now, if it can be written to?
static bool
is_copied(const struct Env *parent, uintptr_t va)
{
	return va == UXSTACKTOP - PGSIZE
		|| va == ROUNDDOWN(parent->env_tf.tf_esp, PGSIZE);
}

// Set the child's entry for va, which is empty, by the parent's.
// Returns 0 or -E_NO_MEM.
static int
fork_page(const struct Env *parent, pte_t *from, pte_t *to, uintptr_t va)
{
	struct PageInfo *pp = pa2page(PTE_ADDR(*from));
	int perm = *from & PTE_SYSCALL;

	if (!(perm & PTE_SHARE) && (perm & (PTE_W | PTE_COW))) {
		if (is_copied(parent, va)) {
			if (!(pp = page_alloc(0)))
				return -E_NO_MEM;
			memcpy(page2kva(pp), KADDR(PTE_ADDR(*from)), PGSIZE);
			perm = (perm & ~PTE_COW) | PTE_W;
		} else {
			perm = (perm & ~PTE_W) | PTE_COW;
			*from = PTE_ADDR(*from) | perm;
		}
	}
	if (pp->pp_ref == PP_REF_MAX)
		return -E_NO_MEM;
	pp->pp_ref++;
	*to = page2pa(pp) | perm;
	return 0;
}

// Give the child the pages of the parent's table number pdx, and count them.
// Returns 0 or -E_NO_MEM.
static int
fork_table(const struct Env *parent, struct Env *child, size_t pdx, int *count)
{
	const uintptr_t base = pdx * PTSIZE;
	pte_t *from = page_entry(parent->env_pgdir, (void *) base), *to;
	int r = 0;

	if (!(to = pgdir_walk(child->env_pgdir, (void *) base, 1)))
		return -E_NO_MEM;
	for (uint32_t i = 0; r == 0 && i < NPTENTRIES; i++) {
		if (!from[i])
			i += first_nonzero(from + i, NPTENTRIES - i);
		if (i == NPTENTRIES)
			break;
		if (from[i] & PTE_P)
			r = fork_page(parent, from + i, to + i,
				base + i * PGSIZE);
		++*count;
	}
	return r;
}

// Go on at table *pdx, and set it to where the next slice goes on.  A table is
// not divided: the pages of a pipe and its descriptors, which are in one table,
// are shared at once, as whoever reads their reference counts expects.
// Returns 0 or -E_NO_MEM.
static int
fork_slice(const struct Env *parent, struct Env *child, size_t *pdx)
{
	const size_t end = PDX(UTOP);
	int count = 0, r = 0;

	for (; r == 0 && count < SLICE; ++*pdx) {
		*pdx += first_nonzero(parent->env_pgdir + *pdx, end - *pdx);
		if (*pdx == end)
			break;
		r = fork_table(parent, child, *pdx, &count);
	}
	tlbflush();			// entries that lost PTE_W
	return r;
}

static int
fork_in_kernel(void)
{
	struct Env *me = curenv, *child;
	const size_t done = longcall_done();
	size_t pdx = done;
	envid_t id = unfinished[ENVX(me->env_id)];
	int r;

	if (done == 0)
		id = syscall(SYS_exofork, 0, 0, 0, 0, 0);
	if (id < 0)
		return id;
	if (!(child = env_by_id(id)) || child->env_parent_id != me->env_id)
		return -E_BAD_ENV;	// somebody has ended it
	if ((r = fork_slice(me, child, &pdx)) < 0) {
		env_destroy(child);
		return r;
	}
	if (pdx < PDX(UTOP)) {
		unfinished[ENVX(me->env_id)] = id;
		return longcall_again(pdx);
	}
	child->env_pgfault_upcall = me->env_pgfault_upcall;
	env_set_status(child, ENV_RUNNABLE);
	return id;
}

static bool
sysfork_syscall(uint32_t number, uint32_t a1, uint32_t a2, uint32_t a3,
	uint32_t a4, uint32_t a5, int32_t *result)
{
	(void) a1, (void) a2, (void) a3, (void) a4, (void) a5;

	if (number != SYS_fork)
		return false;
	*result = fork_in_kernel();
	return true;
}

EXTENSION(sysfork, .syscall = sysfork_syscall);
