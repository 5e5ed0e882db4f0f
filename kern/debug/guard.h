// kern/debug/guard.h - detects the use of free pages (kern/debug/guard.c).

#ifndef JOS_KERN_DEBUG_GUARD_H
#define JOS_KERN_DEBUG_GUARD_H

#include <inc/types.h>

#include <kern/debug/failalloc.h>

struct PageInfo;

void guard_init(void);			// after trap_init
void guard_page(struct PageInfo *pp, bool is_free);
void guard_page_fault(uintptr_t va);

extern bool guard_on;

// For page_alloc, which is about to give out pp.  Returns false if page_alloc
// is to fail (fault injection).
static inline bool
debug_page_alloc(struct PageInfo *pp)
{
	if (failalloc_now())
		return false;
	if (guard_on)
		guard_page(pp, false);
	return true;
}

// For page_free: pp is free from now on.
static inline void
debug_page_free(struct PageInfo *pp)
{
	if (guard_on)
		guard_page(pp, true);
}

#endif // JOS_KERN_DEBUG_GUARD_H
