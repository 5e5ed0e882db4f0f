// kern/reap.h - frees the address spaces of ended environments (kern/reap.c).

#ifndef JOS_KERN_REAP_H
#define JOS_KERN_REAP_H

#include <inc/env.h>
#include <inc/types.h>

// Have reap_some free the address space of e, which is ENV_DYING and on no CPU,
// and then call env_reaped(e).
void reap_begin(struct Env *e);

// Do one slice of the work, if there is any.
void reap_some(void);

// So many calls of reap_some free at least one page, unless all work is done:
// that of a page table, if its pages are still mapped by others.
#define REAPS_A_PAGE	3

// The environments to be freed, first come, first served, through env_link
extern struct Env *reap_first;
static inline bool
reap_pending(void)
{
	return reap_first != NULL;
}

#endif // JOS_KERN_REAP_H
