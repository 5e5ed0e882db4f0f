// kern/panic.h - when the machine cannot go on (kern/panic.c).  The macro panic
// is in inc/assert.h.

#ifndef JOS_KERN_PANIC_H
#define JOS_KERN_PANIC_H

#include <inc/stdarg.h>

// The format string of the first panic, or NULL.  Once it is set, all CPUs but
// panic_cpu stop when they take a trap or wait for a lock.
extern const char *panicstr;
extern volatile int panic_cpu;		// the CPU that set panicstr

// If not NULL, _panic calls this instead, and it does not return: for checks of
// what must panic (kern/debug/contract.c).
extern void (*panic_hook)(const char *fmt, va_list ap);

#endif // JOS_KERN_PANIC_H
