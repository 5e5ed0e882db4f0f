// ext/exceptions/lib/exception.c - programs that handle their own exceptions.
//
// Entry point: set_exception_handler.
// The kernel enters _exception_upcall (exentry.S), which calls
// exception_dispatch.

#include <ext/exceptions/exceptions.h>
#include <ext/ext.h>

static void (*handlers[32])(struct UTrapframe *utf);

// An exception stack, unless there is one: for page faults, or made by fork
static int
need_stack(void)
{
	void *page = (void *) (UXSTACKTOP - PGSIZE);

	if (page_is_mapped(page))
		return 0;
	return sys_page_alloc(0, page, PTE_P | PTE_U | PTE_W);
}

// From now on, trap number `trap` (T_DIVIDE and so on) calls the handler, and
// when that returns, the program goes on with the registers in *utf, which the
// handler may change; utf_fault_va is the number of the trap.  NULL: the trap
// ends the program, as it does without this call.  A child of fork has no
// handlers before it calls this, be it for one.
// Returns 0; -E_INVAL: not a trap that can be handled, or the extension is not
// switched on; -E_NO_MEM: no exception stack.
int
set_exception_handler(int trap, void (*handler)(struct UTrapframe *utf))
{
	uint32_t traps = 0;
	int r;

	if (trap < 0 || trap >= 32 || !(EXCEPTIONS >> trap & 1))
		return -E_INVAL;
	if ((r = need_stack()) < 0)
		return r;
	handlers[trap] = handler;
	for (int i = 0; i < 32; i++)
		traps |= (handlers[i] != NULL) << i;
	return ext_call(SYS_exception_upcall, 0,
		(uintptr_t) _exception_upcall, traps, 0, 0);
}

void
exception_dispatch(struct UTrapframe *utf)
{
	handlers[utf->utf_fault_va](utf);
}
