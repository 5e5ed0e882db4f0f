// ext/checkpoint/checkpoint.c - what a parent needs of the kernel to save a
// child and restore it: what the child has mapped, and its registers.
//
// The pages themselves a parent can reach by the plain calls.
//
// Entry points: two system calls.  Under the kernel lock.

#include <inc/error.h>
#include <inc/string.h>

#include <kern/cpu.h>
#include <kern/env.h>
#include <kern/ext.h>
#include <kern/fpu.h>
#include <kern/pmap.h>

#include <ext/calls.h>

#define TABLES_SEARCHED	16		// in one call

// Returns the index of the first entry of table from i on that maps a page, or
// NPTENTRIES.
static uint32_t
next_page(const pte_t *table, uint32_t i)
{
	while (i < NPTENTRIES && !(table[i] & PTE_P))
		i++;
	return i;
}

// The first page at or above va that environment envid has mapped.
// Returns its address with the bits of PTE_SYSCALL that it is mapped with; an
// address without PTE_P if so many tables were empty that the caller is to go
// on there; 0 if there is no page; -E_BAD_ENV; -E_INVAL: va is not the start of
// a page.
static int32_t
sys_page_next(envid_t envid, uintptr_t va)
{
	const struct Env *e = env_of(envid, true);
	const size_t end = PDX(UTOP);

	if (!e)
		return -E_BAD_ENV;
	if (PGOFF(va) != 0)
		return -E_INVAL;
	for (int tables = 0; tables < TABLES_SEARCHED; tables++) {
		size_t pdx = PDX(va);

		if (pdx < end)
			pdx += first_nonzero(e->env_pgdir + pdx, end - pdx);
		if (pdx >= end)
			return 0;
		if (pdx != PDX(va))
			va = pdx * PTSIZE;

		const pte_t *table = KADDR(PTE_ADDR(e->env_pgdir[pdx]));
		const uint32_t i = next_page(table, PTX(va));

		if (i < NPTENTRIES)
			return (pdx * PTSIZE + i * PGSIZE)
				| (table[i] & PTE_SYSCALL);
		va = (pdx + 1) * PTSIZE;
	}
	return va;
}

// Give `to` the floating-point registers of `from`.  Returns 0, or -E_NO_MEM
// with nothing changed.
static int
copy_fpu(struct Env *to, struct Env *from)
{
	const struct PageInfo *old = fpu_page_of(to), *new = fpu_page_of(from);

	if (!new)
		fpu_free(to);
	else if (!old)
		return fpu_copy(to, from);
	else
		memcpy(page2kva(old), page2kva(new), PGSIZE);
	return 0;
}

// Stop e, so that no message starts it either.  Returns whether the CPU that ran
// it, if it was another one, has left it: then all its registers are in memory.
static bool
stop(struct Env *e)
{
	env_set_status(e, ENV_NOT_RUNNABLE);
	e->env_ipc_recving = false;
	return other_cpu_running(e) < 0;
}

// Stop two children of curenv, and give one the registers and the page-fault
// upcall of the other.
// Returns 0; 1: only stopped, curenv is to call again; -E_BAD_ENV; -E_INVAL:
// they are one, or one is curenv; -E_NO_MEM.
static int
sys_env_copy_state(envid_t fromid, envid_t toid)
{
	struct Env *from, *to;
	int r;

	if ((r = envid2env(fromid, &from, true)) < 0
	    || (r = envid2env(toid, &to, true)) < 0)
		return r;
	if (from == to || from == curenv || to == curenv)
		return -E_INVAL;

	const bool from_is_here = stop(from);

	if (!stop(to) || !from_is_here)
		return 1;
	if ((r = copy_fpu(to, from)) < 0)
		return r;
	env_set_tf(to, &from->env_tf);
	to->env_pgfault_upcall = from->env_pgfault_upcall;
	return 0;
}

static bool
checkpoint_syscall(uint32_t number, uint32_t a1, uint32_t a2, uint32_t a3,
	uint32_t a4, uint32_t a5, int32_t *result)
{
	(void) a3, (void) a4, (void) a5;
	switch (number) {
	case SYS_page_next:
		*result = sys_page_next(a1, a2);
		return true;
	case SYS_env_copy_state:
		*result = sys_env_copy_state(a1, a2);
		return true;
	default:
		return false;
	}
}

EXTENSION(checkpoint, .syscall = checkpoint_syscall);
