// kern/debug/failalloc.h - fault injection: a page_alloc that fails
// (kern/debug/failalloc.c).

#ifndef JOS_KERN_DEBUG_FAILALLOC_H
#define JOS_KERN_DEBUG_FAILALLOC_H

#include <inc/env.h>
#include <inc/types.h>

// Let the n-th page_alloc for curenv from now on fail, once; with n = 0, none.
// Returns whether the failure that was set last has happened.
int failalloc_set(uint32_t n);

// Let the failure that is set happen to environment env, not to curenv.
void failalloc_target(envid_t env);

// Is this page_alloc to fail?  failalloc_env is the environment for which a
// failure is set, or, most of the time, 0.
extern envid_t failalloc_env;
bool failalloc_count(void);
static inline bool
failalloc_now(void)
{
	return failalloc_env && failalloc_count();
}

#endif // JOS_KERN_DEBUG_FAILALLOC_H
