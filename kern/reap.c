// kern/reap.c - frees the address spaces of ended environments, in slices.
//
// An environment may have a million mappings, and no other CPU can have the
// kernel lock while they are freed.  So a call of reap_some does at most some
// twenty thousand instructions of work, which frees most environments.  For the
// rest, CPUs call reap_some when they enter the kernel, and when they are idle.
// Until the last slice the environment is ENV_DYING, and the environments that
// wait for its end go on sleeping.  If a program's system call finds no memory
// meanwhile, the program repeats the call (retry_for_memory in kern/trap.c).
//
// Entry points: reap_begin, reap_some, reap_pending.  Under the kernel lock.

#include <inc/string.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/env.h>
#include <kern/pmap.h>
#include <kern/reap.h>

// The budget of a slice.  To free a page costs 1, some 35 instructions.
#define BUDGET		512
#define TABLE_COST	32		// to look for pages in a table
#define ENV_COST	64		// to free the directory and the slot

_Static_assert(REAPS_A_PAGE * (BUDGET - ENV_COST - TABLE_COST) >= NPTENTRIES,
	"so many slices may not free a page table");

struct Env *reap_first;
static struct Env *last;

void
reap_begin(struct Env *e)
{
	e->env_link = NULL;
	*(reap_first ? &last->env_link : &reap_first) = e;
	last = e;
}

// Walk over the entries in use of the first n of a table or directory:
//
//	for (i = next_in_use(table, 0, n); i < n;
//	     i = next_in_use(table, i + 1, n))
//
// Mostly the next entry is in use, and first_nonzero need not be called.
static inline uint32_t
next_in_use(const uint32_t *table, uint32_t i, uint32_t n)
{
	if (i < n && table[i])
		return i;
	return i + first_nonzero(table + i, n - i);
}

// Free the page table of directory entry *pde and unmap its pages.  Returns
// false if the budget ends before.
static bool
free_table(pde_t *pde, int *budget)
{
	struct PageInfo *pp = pa2page(*pde);
	pte_t *table = page2kva(pp);
	const uint32_t n = NPTENTRIES;

	*budget -= TABLE_COST;
	for (uint32_t i = next_in_use(table, 0, n); i < n;
	     i = next_in_use(table, i + 1, n)) {
		if (--*budget < 0)
			return false;

		const pte_t pte = table[i];

		table[i] = 0;
		if (pte & PTE_P)
			page_decref(pa2page(pte));
	}
	*pde = 0;
	page_table_free(pp);
	return true;
}

// Free all page tables of e, and its directory.  Returns false if the budget
// ends before.
static bool
free_address_space(struct Env *e, int *budget)
{
	pde_t *pgdir = e->env_pgdir;
	const uint32_t n = PDX(UTOP);

	*budget -= ENV_COST;
	for (uint32_t i = next_in_use(pgdir, 0, n); i < n;
	     i = next_in_use(pgdir, i + 1, n))
		if (*budget <= 0 || !free_table(&pgdir[i], budget))
			return false;
	e->env_pgdir = NULL;
	memset(pgdir + n, 0, (NPDENTRIES - n) * sizeof(pde_t));
	page_table_free(pa2page(PADDR(pgdir)));
	return true;
}

void
reap_some(void)
{
	static bool ordered;		// every trap asks for this order
	int budget = BUDGET;

	while (reap_first && budget > 0
	       && free_address_space(reap_first, &budget)) {
		struct Env *e = reap_first;

		reap_first = e->env_link;
		env_reaped(e);		// this may call reap_begin
	}
	if (reap_pending() != ordered)
		deferred_work_set(WORK_REAP, ordered = reap_pending());
}
