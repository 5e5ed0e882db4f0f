// lib/vm.c - looking at our own address space, and handing pages on.
//
// Entry points:
//   page_is_mapped		is there a page at this address?
//   next_mapped, prev_mapped	walks over the pages that are there
//   share_page			let a child share one
//
// Page tables that do not exist are skipped, for reading their part of uvpt
// would fault.

#include <inc/lib.h>

static bool
table_is_mapped(uintptr_t va)
{
	return uvpd[PDX(va)] & PTE_P;
}

bool
page_is_mapped(const void *va)
{
	return table_is_mapped((uintptr_t) va) && (uvpt[PGNUM(va)] & PTE_P);
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

// Move *va down to the next mapped page below it; false if there is none.
// To visit all pages below UTOP, from the top down:
//
//	for (va = UTOP; prev_mapped(&va); )
bool
prev_mapped(uintptr_t *va)
{
	uintptr_t end = ROUNDUP(*va, PGSIZE);

	while (end > 0) {
		uintptr_t page = end - PGSIZE;

		if (page_is_mapped((void *) page)) {
			*va = page;
			return true;
		}
		end = table_is_mapped(page) ? page : ROUNDDOWN(page, PTSIZE);
	}
	return false;
}

// Map the page at va into the child, at the same place and with the same
// permissions.  Returns 0 or an error.
int
share_page(envid_t child, void *va)
{
	fd_sharing(va);
	return sys_page_map(0, va, child, va, uvpt[PGNUM(va)] & PTE_SYSCALL);
}
