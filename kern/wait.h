// kern/wait.h - environments that sleep until something happens.

#ifndef JOS_KERN_WAIT_H
#define JOS_KERN_WAIT_H

#include <inc/env.h>

void wait_for_console(struct Env *e);	// e sleeps until there is input
void wait_for_env(struct Env *e, envid_t other);
void wait_for_device(struct Env *e);	// which says elsewhere for which
void wake_console(void);		// there is input
void wake_env_waiters(envid_t gone);
void wait_forget(struct Env *e);	// e is made runnable, or ends
bool is_waiting(const struct Env *e);
bool waits_for_device(const struct Env *e);
bool wait_is_consistent(void);		// for kern/audit.c

#endif // JOS_KERN_WAIT_H
