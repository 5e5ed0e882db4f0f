// lib/vm.c - finding the pages that this program maps, and sharing them.
//
// Entry points:
//   page_is_mapped		is there a page at this address? (inc/lib.h)
//   next_mapped, prev_mapped	walks over the mapped pages
//   prev_run			a walk over runs of pages
//   share_page			map a page in a child
//
// They read uvpd first: where a page table is missing, its part of uvpt is not
// mapped, and reading it would fault.

#include <inc/lib.h>

static bool
table_is_mapped(uintptr_t va)
{
	return uvpd[PDX(va)] & PTE_P;
}

// The lowest mapped page at or above va, or end if there is none below it.
// To visit all pages below UTOP:
//
//	for (va = next_mapped(0, UTOP); va < UTOP;
//	     va = next_mapped(va + PGSIZE, UTOP))
uintptr_t
next_mapped(uintptr_t va, uintptr_t end)
{
	va = ROUNDUP(va, PGSIZE);
	while (va < end && !page_is_mapped((void *) va))
		va += table_is_mapped(va) ? PGSIZE : PTSIZE - va % PTSIZE;
	return MIN(va, end);
}

// The index, plus 1, of the last entry of the table below index i that is not
// 0; 0 if all are.  Most entries are 0, and scasl skips those fast.
static size_t
used_below(const volatile uint32_t *table, size_t i)
{
	const volatile uint32_t *entry = &table[i] - 1;
	bool found;

	if (i == 0)
		return 0;
	__asm__ volatile("std; repe scasl; cld"
		: "+D" (entry), "+c" (i), "=@ccne" (found)
		: "a" (0)
		: "memory");
	return found ? i + 1 : 0;
}

// The number, plus 1, of the highest mapped page below page number i; or 0.
static size_t
mapped_below(size_t i)
{
	while (i > 0) {
		size_t table = (i - 1) / NPTENTRIES, first = table * NPTENTRIES;

		if (!(uvpd[table] & PTE_P)) {
			i = used_below(uvpd, table) * NPTENTRIES;
			continue;
		}
		i = first + used_below(uvpt + first, i - first);
		if (i > first) {
			if (uvpt[i - 1] & PTE_P)
				break;
			i--;
		}
	}
	return i;
}

// Move *va down to the next mapped page below it; false if there is none.
// To visit all pages below UTOP, from the top down:
//
//	for (va = UTOP; prev_mapped(&va); )
bool
prev_mapped(uintptr_t *va)
{
	size_t i = mapped_below(PGNUM(ROUNDUP(*va, PGSIZE)));

	if (i > 0)
		*va = (i - 1) * PGSIZE;
	return i > 0;
}

// Find the highest run of pages in [low, high), which are multiples of PGSIZE:
// neighbours in one page table, with equal permissions.  Returns false if no
// page is mapped there.  To visit all runs below UTOP, from the top down:
//
//	for (va = UTOP; prev_run(0, va, &run); va = (uintptr_t) run.srcva)
bool
prev_run(uintptr_t low, uintptr_t high, struct PageRun *run)
{
	const size_t end = mapped_below(PGNUM(high));

	if (end <= PGNUM(low))
		return false;

	const int perm = uvpt[end - 1] & PTE_SYSCALL;
	size_t first = ROUNDDOWN(end - 1, MAXRUN);
	size_t i = end - 1;

	first = MAX(first, PGNUM(low));
	while (i > first && (int) (uvpt[i - 1] & PTE_SYSCALL) == perm)
		i--;
	*run = (struct PageRun) {
		.srcva = (void *) (i * PGSIZE), .dstva = (void *) (i * PGSIZE),
		.perm = perm, .npages = end - i,
	};
	return true;
}

_Static_assert(NPTENTRIES % MAXRUN == 0, "a run lies in one table");

// Map the page at va into the child, at the same place and with the same
// permissions.  Returns 0 or an error.
int
share_page(envid_t child, void *va)
{
	int r;

	fd_sharing(va);
	r = sys_page_map(0, va, child, va, uvpt[PGNUM(va)] & PTE_SYSCALL);
	fd_shared(va);
	return r;
}
