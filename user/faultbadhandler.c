// user/faultbadhandler.c - has an exception stack, but an upcall at an unmapped
// address.
//
// Entering the upcall faults, so the kernel enters it for that fault, which
// faults again, until the exception stack overflows and the kernel ends the
// program.

#include <inc/lib.h>

static volatile uint32_t *volatile nowhere;

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	sys_page_alloc(0, (void *) (UXSTACKTOP - PGSIZE),
		PTE_P | PTE_U | PTE_W);
	sys_env_set_pgfault_upcall(0, (void *) 0xDEADBEEF);
	*nowhere = 0;
}
