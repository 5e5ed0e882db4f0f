// kern/guard.h - catching the use of pages that are free (kern/guard.c).

#ifndef JOS_KERN_GUARD_H
#define JOS_KERN_GUARD_H

#include <inc/types.h>

struct PageInfo;

void guard_init(void);			// right after mem_init
void guard_page_taken(struct PageInfo *pp);
void guard_page_freed(struct PageInfo *pp);
void guard_page_fault(uintptr_t va);

#endif // JOS_KERN_GUARD_H
