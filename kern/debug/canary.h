// kern/debug/canary.h - detects writes beyond the end of an array on the stack
// (kern/debug/canary.c).

#ifndef JOS_KERN_DEBUG_CANARY_H
#define JOS_KERN_DEBUG_CANARY_H

#include <inc/types.h>

extern uintptr_t __stack_chk_guard;	// named by the compiler

// Give __stack_chk_guard a new value.  The caller must never return.
void canary_init(void);

#endif // JOS_KERN_DEBUG_CANARY_H
