// kern/ipc.h - messages: who waits for whom, and answers that wait.

#ifndef JOS_KERN_IPC_H
#define JOS_KERN_IPC_H

#include <inc/env.h>
#include <inc/types.h>

struct PageInfo;

// What goes with sys_ipc_try_send and sys_ipc_recv
bool ipc_is_closed(const struct Env *to);	// to curenv, at the moment
void ipc_sent(struct Env *e, envid_t to);	// e has sent a message
bool ipc_take_answer(struct Env *e, envid_t from, void *dstva);

// Write a message into the mailbox of `to`, which is to be woken then; pp may be
// NULL.  Returns 0; -E_IPC_NOT_RECV: it does not receive, or not from that one;
// or -E_NO_MEM with nothing changed: no page table for the page.
int ipc_offer(struct Env *from, struct Env *to, uint32_t value,
	struct PageInfo *pp, int perm);

// The same for `to` that runs, and takes the message.
int ipc_give(struct Env *from, struct Env *to, uint32_t value,
	struct PageInfo *pp, int perm);

// Have e wait for a message; if from is not 0, of nobody else.
void ipc_wait_for(struct Env *e, envid_t from, void *dstva);

// Answer the last message of `to`; pp may be NULL.
int ipc_answer(struct Env *to, uint32_t value, struct PageInfo *pp, int perm);

void ipc_forget(struct Env *e);		// e ends

// The page that waits with slot i, with one reference to it, or NULL.
struct PageInfo *ipc_parked_page(int i);
bool ipc_is_consistent(void);		// for kern/audit.c

#endif // JOS_KERN_IPC_H
