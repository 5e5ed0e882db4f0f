// kern/pagewait.h - environments that sleep until something happens to a page.

#ifndef JOS_KERN_PAGEWAIT_H
#define JOS_KERN_PAGEWAIT_H

#include <inc/env.h>
#include <inc/memlayout.h>
#include <inc/types.h>

void pagewait_sleep(struct Env *e, struct PageInfo *pp);
void pagewait_wake(struct PageInfo *pp);	// all who sleep over it
void pagewait_forget(struct Env *e);		// e runs again, or ends
bool is_waiting_for_page(const struct Env *e);
bool pagewait_is_consistent(void);		// for kern/audit.c

#endif // JOS_KERN_PAGEWAIT_H
