// ext/cow.h - for programs: the copy-on-write handler of extensions that fork in
// ways of their own.  lib/fork.c keeps its handler to itself.

#ifndef JOS_EXT_COW_H
#define JOS_EXT_COW_H

#include <inc/lib.h>

// Give the program a copy of its own of a copy-on-write page that it writes to.
static inline void
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

#endif // JOS_EXT_COW_H
