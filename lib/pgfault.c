// lib/pgfault.c - programs that handle their own page faults.
//
// Entry points: set_pgfault_handler, pgfault_init.
// The kernel calls _pgfault_upcall (lib/pfentry.S), which calls the handler.

#include <inc/lib.h>

// The program's handler; lib/pfentry.S reads it.
void (*_pgfault_handler)(struct UTrapframe *utf);

// An environment that never had a handler also needs a stack for it to run
// on, and the kernel must know where to enter.  A forked child gets both from
// fork.
static int
upcall_init(void)
{
	int r = sys_page_alloc(0, (void *) (UXSTACKTOP - PGSIZE),
		PTE_P | PTE_U | PTE_W);

	if (r < 0)
		return r;
	return sys_env_set_pgfault_upcall(0, _pgfault_upcall);
}

// Returns 0 or -E_NO_MEM.
int
pgfault_init(void (*handler)(struct UTrapframe *utf))
{
	int r;

	if (_pgfault_handler == NULL && (r = upcall_init()) < 0)
		return r;
	if (_pgfault_handler != handler)	// its page may wait to be copied
		_pgfault_handler = handler;
	return 0;
}

// The same for programs that cannot go on without.
void
set_pgfault_handler(void (*handler)(struct UTrapframe *utf))
{
	int r = pgfault_init(handler);

	if (r < 0)
		panic("set_pgfault_handler: %e", r);
}
