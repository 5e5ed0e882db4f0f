// user/faultnostack.c - has a page-fault upcall, but no exception stack to run
// it on.

#include <inc/lib.h>

extern void _pgfault_upcall(void);	// lib/pfentry.S

static volatile uint32_t *volatile nowhere;

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	sys_env_set_pgfault_upcall(0, _pgfault_upcall);
	*nowhere = 0;
}
