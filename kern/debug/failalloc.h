// kern/debug/failalloc.h - fault injection: a page_alloc that fails
// (kern/debug/failalloc.c).

#ifndef JOS_KERN_DEBUG_FAILALLOC_H
#define JOS_KERN_DEBUG_FAILALLOC_H

#include <inc/env.h>
#include <inc/types.h>

// Let the n-th page_alloc from now on for curenv fail, once; with n = 0, none.
// Returns whether the failure that was set before has happened.
int failalloc_set(uint32_t n);

// Let the failure that is set be one of that environment instead.
void failalloc_target(envid_t env);

// Is this page_alloc to fail?  Mostly no failure is set.
extern envid_t failalloc_env;		// for which to fail; 0: none is set
bool failalloc_count(void);
static inline bool
failalloc_now(void)
{
	return failalloc_env && failalloc_count();
}

#endif // JOS_KERN_DEBUG_FAILALLOC_H
