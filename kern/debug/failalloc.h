// kern/debug/failalloc.h - want of memory, made to order
// (kern/debug/failalloc.c).

#ifndef JOS_KERN_DEBUG_FAILALLOC_H
#define JOS_KERN_DEBUG_FAILALLOC_H

#include <inc/env.h>
#include <inc/types.h>

// The n-th page_alloc from now on for curenv is to fail, once; any earlier
// order is forgotten.  With n = 0, none is.  Returns whether the last one was
// carried out.
int failalloc_order(uint32_t n);

// The order is about that environment from now on.
void failalloc_of(envid_t victim);

// For page_alloc: is this the one?  Mostly there is no order at all.
extern envid_t failalloc_victim;	// 0: nobody
bool failalloc_strikes(void);
static inline bool
failalloc_now(void)
{
	return failalloc_victim && failalloc_strikes();
}

#endif // JOS_KERN_DEBUG_FAILALLOC_H
