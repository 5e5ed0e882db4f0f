// kern/debug/canary.h - finds arrays on the stack that are written beyond their
// end (kern/debug/canary.c).

#ifndef JOS_KERN_DEBUG_CANARY_H
#define JOS_KERN_DEBUG_CANARY_H

#include <inc/types.h>

extern uintptr_t __stack_chk_guard;	// the compiler's

// Choose a new word to guard stacks, from a function that never returns.
void canary_init(void);

#endif // JOS_KERN_DEBUG_CANARY_H
