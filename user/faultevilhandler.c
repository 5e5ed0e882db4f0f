// user/faultevilhandler.c - has an exception stack, and an upcall inside the
// kernel.
//
// The upcall runs in user mode, so entering it faults, again and again, as in
// user/faultbadhandler.c.

#include <inc/lib.h>

static volatile uint32_t *volatile nowhere;

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	sys_page_alloc(0, (void *) (UXSTACKTOP - PGSIZE),
		PTE_P | PTE_U | PTE_W);
	sys_env_set_pgfault_upcall(0, (void *) 0xF0100020);
	*nowhere = 0;
}
