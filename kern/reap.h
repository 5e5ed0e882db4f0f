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

// REAPS_A_PAGE calls of reap_some free at least one page, unless no work is
// left: if all pages that a page table maps are still shared, the table's own.
#define REAPS_A_PAGE	3

// The environments to be freed, in order of arrival, linked by env_link
extern struct Env *reap_first;
static inline bool
reap_pending(void)
{
	return reap_first != NULL;
}

#endif // JOS_KERN_REAP_H
