// kern/reap.c - giving back what ended environments had, a bit at a time.
//
// An environment may have a million mappings, and all that time nobody else
// could have the kernel lock.  So each call does work worth some twenty thousand
// instructions, which is all there is to do for most environments.  The rest is
// done when a CPU comes into the kernel, or has nothing else to do.
// Until then the environment is ENV_DYING, and whoever waits for its end waits.
// Whoever wants memory meanwhile and gets none asks again (kern/trap.c).
//
// Entry points: reap_begin, reap_some, reap_pending, reap_has.  Under the kernel
// lock.

#include <inc/string.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/env.h>
#include <kern/pmap.h>
#include <kern/reap.h>

// What a call may cost.  To give back a page is 1, some 35 instructions.
#define WORK		512
#define WORK_TABLE	32		// to look for pages in a table
#define WORK_ENV	64		// directory and slot

_Static_assert(REAPS_A_PAGE * (WORK - WORK_ENV - WORK_TABLE) >= NPTENTRIES,
	"a page table is gone through meanwhile");

// First come, first served; linked by env_link.
struct Env *reap_first;
static struct Env *last;

static bool ordered;			// every trap looks in here

void
reap_begin(struct Env *e)
{
	e->env_link = NULL;
	*(reap_first ? &last->env_link : &reap_first) = e;
	last = e;
}

bool
reap_has(const struct Env *e)
{
	const struct Env *one = reap_first;

	while (one && one != e)
		one = one->env_link;
	return one != NULL;
}

// Take what a piece of work costs; false if that is more than is left.
static inline bool
take(int *left, int cost)
{
	if (*left < cost)
		return false;
	*left -= cost;
	return true;
}

// Walk over the n entries of a table or directory that are in use:
//
//	for (i = next_in_use(table, 0, n); i < n; i = next_in_use(table, i + 1, n))
//
// Mostly the next entry is in use, too.
static inline uint32_t
next_in_use(const uint32_t *table, uint32_t i, uint32_t n)
{
	if (i < n && table[i])
		return i;
	return i + first_nonzero(table + i, n - i);
}

// Drop all pages that the table of directory entry *pde maps, and the table.
// Returns whether that could be finished.
static bool
free_table(pde_t *pde, int *left)
{
	struct PageInfo *pp = pa2page(*pde);
	pte_t *table = page2kva(pp);
	const uint32_t n = NPTENTRIES;

	if (!take(left, WORK_TABLE))
		return false;
	for (uint32_t i = next_in_use(table, 0, n); i < n;
	     i = next_in_use(table, i + 1, n)) {
		if (!take(left, 1))
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

// The same for all tables of e, and the directory.
static bool
free_address_space(struct Env *e, int *left)
{
	pde_t *pgdir = e->env_pgdir;
	const uint32_t n = PDX(UTOP);

	if (!take(left, WORK_ENV))
		return false;
	for (uint32_t i = next_in_use(pgdir, 0, n); i < n;
	     i = next_in_use(pgdir, i + 1, n))
		if ((pgdir[i] & PTE_P) && !free_table(&pgdir[i], left))
			return false;
	e->env_pgdir = NULL;
	memset(pgdir + n, 0, (NPDENTRIES - n) * sizeof(pde_t));
	page_table_free(pa2page(PADDR(pgdir)));
	return true;
}

void
reap_some(void)
{
	int left = WORK;

	while (reap_first && free_address_space(reap_first, &left)) {
		struct Env *e = reap_first;

		reap_first = e->env_link;
		env_reaped(e);		// which may add others
	}
	if (reap_pending() != ordered)
		cpu_order_anyone(ANYONE_REAP, ordered = reap_pending());
}
