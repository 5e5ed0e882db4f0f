// user/faultalloc.c - page faults that a handler resolves by allocating a page.
//
// The handler writes a string to the new page.  The second string reaches into
// the next page, which is missing: the handler faults, and is entered again.

#include <inc/lib.h>

static void
supply_page(struct UTrapframe *utf)
{
	uintptr_t va = utf->utf_fault_va;
	int r;

	cprintf("fault %x\n", va);
	if ((r = sys_page_alloc(0, (void *) ROUNDDOWN(va, PGSIZE),
		PTE_P | PTE_U | PTE_W)) < 0)
		panic("allocating at %x in page fault handler: %e", va, r);
	snprintf((char *) va, 100, "this string was faulted in at %x", va);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	set_pgfault_handler(supply_page);
	cprintf("%s\n", (const char *) 0xDEADBEEF);
	cprintf("%s\n", (const char *) 0xCAFEBFFE);
}
