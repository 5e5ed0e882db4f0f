// ext/exceptions/exceptions.h - programs that handle exceptions: what the
// kernel and programs share.
//
// The kernel enters a program's upcall with %esp at a struct UTrapframe, as for
// a page fault, but utf_fault_va is the number of the trap.  Below the stack
// that was interrupted there may be no memory in use; if it is the exception
// stack, EXCEPTION_GAP bytes are free there, for the way back.

#ifndef JOS_EXT_EXCEPTIONS_H
#define JOS_EXT_EXCEPTIONS_H

#define EXCEPTION_GAP	12

#ifndef __ASSEMBLER__

#include <inc/trap.h>

// What a program may handle, a bit for each trap: all that an instruction of it
// can raise, but page faults, which have an upcall of their own.
#define EXCEPTIONS	(1 << T_DIVIDE | 1 << T_DEBUG | 1 << T_BRKPT	\
			| 1 << T_OFLOW | 1 << T_BOUND | 1 << T_ILLOP	\
			| 1 << T_DEVICE | 1 << T_TSS | 1 << T_SEGNP	\
			| 1 << T_STACK | 1 << T_GPFLT | 1 << T_FPERR	\
			| 1 << T_ALIGN | 1 << T_SIMDERR)

#ifdef JOS_KERNEL
struct Env;
void exceptions_forget(const struct Env *e);
#endif

#ifdef JOS_USER
// ext/exceptions/lib/
int set_exception_handler(int trap, void (*handler)(struct UTrapframe *utf));
void exception_dispatch(struct UTrapframe *utf);
void _exception_upcall(void);
#endif

#endif // !__ASSEMBLER__

#endif // JOS_EXT_EXCEPTIONS_H
