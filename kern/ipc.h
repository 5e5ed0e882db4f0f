// kern/ipc.h - messages: who waits for whom, and answers that wait.

#ifndef JOS_KERN_IPC_H
#define JOS_KERN_IPC_H

#include <inc/env.h>
#include <inc/types.h>

struct PageInfo;

// What goes with sys_ipc_try_send and sys_ipc_recv
bool ipc_is_closed(const struct Env *to);	// to curenv, at the moment
void ipc_sent(struct Env *e, envid_t to);	// e has sent a message
bool ipc_take_answer(envid_t from, void *dstva);
int ipc_take(struct Env *from, uint32_t value, struct PageInfo *pp, int perm,
	void *dstva);

// Have e, which is curenv, wait for a message of nobody but from.
void ipc_wait_for(struct Env *e, envid_t from, void *dstva);

// Answer the last message of `to`; pp may be NULL.
int ipc_answer(struct Env *to, uint32_t value, struct PageInfo *pp, int perm);

void ipc_forget(struct Env *e);		// e ends

// The page that waits with slot i, with one reference to it, or NULL.
struct PageInfo *ipc_parked_page(int i);
bool ipc_is_consistent(void);		// for kern/audit.c

#endif // JOS_KERN_IPC_H
