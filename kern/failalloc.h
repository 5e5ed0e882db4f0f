// kern/failalloc.h - want of memory, made to order (kern/failalloc.c).

#ifndef JOS_KERN_FAILALLOC_H
#define JOS_KERN_FAILALLOC_H

#include <inc/types.h>

// The n-th page_alloc from now on for curenv is to fail, once; any earlier
// order is forgotten.  With n = 0, none is.  Returns whether the last one was
// carried out.
int failalloc_order(uint32_t n);

// For page_alloc: is this the one?
bool failalloc_now(void);

#endif // JOS_KERN_FAILALLOC_H
