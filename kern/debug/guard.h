// kern/debug/guard.h - catching the use of pages that are free
// (kern/debug/guard.c).

#ifndef JOS_KERN_DEBUG_GUARD_H
#define JOS_KERN_DEBUG_GUARD_H

#include <inc/types.h>

struct PageInfo;

void guard_init(void);			// once a fault can be reported
void guard_page(struct PageInfo *pp, bool is_free);
void guard_page_fault(uintptr_t va);

extern bool guard_on;

// For page_alloc and page_free, which are called often: little without a guard
static inline void
guard_page_taken(struct PageInfo *pp)
{
	if (guard_on)
		guard_page(pp, false);
}

static inline void
guard_page_freed(struct PageInfo *pp)
{
	if (guard_on)
		guard_page(pp, true);
}

#endif // JOS_KERN_DEBUG_GUARD_H
