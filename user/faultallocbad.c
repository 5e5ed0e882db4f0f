// user/faultallocbad.c - the kernel calls no page-fault handler for an address
// that it reads itself.
//
// The handler is as in faultalloc, but sys_cputs is the first to read the
// address: the kernel must end this program, and must not fault itself.

#include <inc/lib.h>

static void
supply_page(struct UTrapframe *utf)
{
	uintptr_t va = utf->utf_fault_va;
	int r;

	cprintf("fault %x\n", va);
	r = sys_page_alloc(0, (void *) ROUNDDOWN(va, PGSIZE),
		PTE_P | PTE_U | PTE_W);
	if (r < 0)
		panic("allocating at %x in page fault handler: %e", va, r);
	snprintf((char *) va, 100, "this string was faulted in at %x", va);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	set_pgfault_handler(supply_page);
	sys_cputs((const char *) 0xDEADBEEF, 4);
}
