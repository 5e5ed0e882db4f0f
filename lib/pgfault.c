// lib/pgfault.c - programs that handle their own page faults.
//
// Entry point: set_pgfault_handler.
// On a fault the kernel enters _pgfault_upcall (lib/pfentry.S), which calls the
// handler.

#include <inc/lib.h>

// The program's handler, which _pgfault_upcall calls
void (*_pgfault_handler)(struct UTrapframe *utf);

// The first handler also needs an exception stack to run on, and an upcall
// registered with the kernel.  A child of fork gets both from fork.
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
	if (_pgfault_handler != handler)	// avoid a copy-on-write fault
		_pgfault_handler = handler;
}
