// ext/exceptions/exceptions.c - sends a program its own exceptions.
//
// A program names an upcall and the traps that it handles.  Such a trap then
// does not end the program but enters the upcall, on the exception stack, by
// the rules of page faults (page_fault_handler in kern/trap.c).  Other traps
// end it as always.
//
// Under the kernel lock.

#include <inc/error.h>
#include <inc/stdio.h>

#include <kern/env.h>
#include <kern/ext.h>
#include <kern/trap.h>
#include <kern/usermem.h>

#include <ext/calls.h>
#include <ext/exceptions/exceptions.h>

// What the environment in each slot of envs[] has asked for; nothing if env is
// not its id.
static struct Handled {
	envid_t env;
	uintptr_t upcall;
	uint32_t traps;			// a bit for each
} handled[NENV];

// Set the function that exceptions of environment envid call, and which: bit n
// of traps is trap n.  A trap whose bit is 0 ends the environment.
// Returns 0; -E_BAD_ENV; -E_INVAL: traps has a bit that is not in EXCEPTIONS.
static int
set_upcall(envid_t envid, uintptr_t upcall, uint32_t traps)
{
	struct Env *e;
	int r;

	if ((r = envid2env(envid, &e, true)) < 0)
		return r;
	if (traps & ~EXCEPTIONS)
		return -E_INVAL;
	handled[e - envs] = (struct Handled) { e->env_id, upcall, traps };
	return 0;
}

// e runs another program now: it has no handlers.
void
exceptions_forget(const struct Env *e)
{
	handled[e - envs].env = 0;
}

static bool
exceptions_syscall(uint32_t number, uint32_t a1, uint32_t a2, uint32_t a3,
	uint32_t a4, uint32_t a5, int32_t *result)
{
	(void) a4, (void) a5;
	if (number != SYS_exception_upcall)
		return false;
	*result = set_upcall(a1, a2, a3);
	return true;
}

// Where the next frame on the exception stack ends: below what is in use there
// and EXCEPTION_GAP free bytes, if the trap came from code that runs on it.
static uintptr_t
frame_end(uintptr_t esp)
{
	if (esp <= USTACKTOP || esp >= UXSTACKTOP)
		return UXSTACKTOP;
	return ROUNDDOWN(esp, sizeof(uint32_t)) - EXCEPTION_GAP;
}

// The program goes on in its upcall.  Ends a program that may not write where
// the frame goes, or that has used up its exception stack.
static bool
exceptions_trap(struct Trapframe *tf)
{
	struct Env *e = curenv;
	const struct Handled *h = &handled[e - envs];

	if (h->env != e->env_id || tf->tf_trapno >= 32
	    || !(h->traps >> tf->tf_trapno & 1))
		return false;

	struct UTrapframe *utf =
		(struct UTrapframe *) frame_end(tf->tf_esp) - 1;

	user_mem_assert_few(e, utf, sizeof(*utf), PTE_W);
	if ((uintptr_t) utf < UXSTACKTOP - PGSIZE) {
		cprintf("[%08x] exception stack overflow at va %08x\n",
			e->env_id, utf);
		env_destroy(e);
	}
	utf->utf_esp = tf->tf_esp;
	utf->utf_eflags = tf->tf_eflags;
	utf->utf_eip = tf->tf_eip;
	utf->utf_regs = tf->tf_regs;
	utf->utf_err = tf->tf_err;
	utf->utf_fault_va = tf->tf_trapno;
	tf->tf_eip = h->upcall;
	tf->tf_esp = (uintptr_t) utf;

	// The upcall is neither single-stepped nor held to alignment, and its
	// iret is no return from a nested task.
	tf->tf_eflags &= ~(FL_TF | FL_AC | FL_NT);
	return true;
}

EXTENSION(exceptions, .syscall = exceptions_syscall, .trap = exceptions_trap);
