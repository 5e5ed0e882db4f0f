// ext/regions/lib/cow.c - the page-fault handler of forks that are not in
// lib/fork.c.  There is one for all, so that regions.c knows it.
//
// Entry point: copy_on_write.

#include <ext/cow.h>

void
copy_on_write(struct UTrapframe *utf)
{
	void *page = (void *) ROUNDDOWN(utf->utf_fault_va, PGSIZE);
	int r;

	if (!(utf->utf_err & FEC_WR) || !(utf->utf_err & FEC_PR)
	    || !(uvpt[PGNUM(page)] & PTE_COW))
		panic("page fault at va %08x, ip %08x (error %x)",
			utf->utf_fault_va, utf->utf_eip, utf->utf_err);
	if ((r = page_copy(0, page, PTE_P | PTE_U | PTE_W)) < 0)
		panic("copy on write of %p: %e", page, r);
}
