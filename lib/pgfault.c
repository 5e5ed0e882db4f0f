// lib/pgfault.c - programs that handle their own page faults.
//
// Entry point: set_pgfault_handler.
// The kernel calls _pgfault_upcall (lib/pfentry.S), which calls the handler.

#include <inc/lib.h>

// The program's handler; lib/pfentry.S reads it.
void (*_pgfault_handler)(struct UTrapframe *utf);

// An environment that never had a handler also needs a stack for it to run
// on, and the kernel must know where to enter.  A forked child gets both from
// fork.
void
set_pgfault_handler(void (*handler)(struct UTrapframe *utf))
{
	int r;

	if (_pgfault_handler == NULL) {
		if ((r = sys_page_alloc(0, (void *) (UXSTACKTOP - PGSIZE),
				PTE_P | PTE_U | PTE_W)) < 0
		    || (r = sys_env_set_pgfault_upcall(0,
				_pgfault_upcall)) < 0)
			panic("set_pgfault_handler: %e", r);
	}
	if (_pgfault_handler != handler)	// no needless copy-on-write
		_pgfault_handler = handler;
}
