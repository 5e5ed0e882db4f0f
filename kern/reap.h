// kern/reap.h - giving back what ended environments had (kern/reap.c).

#ifndef JOS_KERN_REAP_H
#define JOS_KERN_REAP_H

#include <inc/env.h>
#include <inc/types.h>

// e, which is ENV_DYING and which no CPU runs or will run, is to lose its
// address space.  When that is done, env_reaped(e) is called.  The caller goes
// on to call reap_some.
void reap_begin(struct Env *e);

// Do some of what is to be done.
void reap_some(void);

// After so many calls of reap_some a page has come back, if any was to come: at
// the latest when a page table has been gone through.
#define REAPS_A_PAGE	3

extern struct Env *reap_first;		// NULL: there is nothing to be done
static inline bool
reap_pending(void)
{
	return reap_first != NULL;
}

// Is e one of those?
bool reap_has(const struct Env *e);

#endif // JOS_KERN_REAP_H
