// kern/ipc.h - messages between environments (kern/ipc.c).

#ifndef JOS_KERN_IPC_H
#define JOS_KERN_IPC_H

#include <inc/env.h>
#include <inc/types.h>

struct PageInfo;

#define ANYBODY		0		// no environment has this id

// What an environment's mailbox has besides the env_ipc_* fields of struct Env
struct Mailbox {
	envid_t accept_from;		// while it receives: who may send
	envid_t reply_owed_by;		// by whom it sent to last, or 0
	bool may_have_senders;		// in its queue: first_sleeper knows
	bool may_be_awaited;		// by receivers that accept it alone

	struct {
		envid_t from;		// or 0: none is pending
		uint32_t value;
		struct PageInfo *page;	// counted, or NULL
		int perm;
	} pending_reply;
};
extern struct Mailbox mailboxes[NENV];	// by slot

static inline struct Mailbox *
mailbox_of(const struct Env *e)
{
	return &mailboxes[ENVX(e->env_id)];
}

// If environment `to` receives, may it get a message of from?
static inline bool
ipc_accepts(envid_t to, envid_t from)
{
	const envid_t only = mailboxes[ENVX(to)].accept_from;

	return only == ANYBODY || only == from;
}

// Note that `from` has sent a message: only the receiver of the last one may
// reply, and a reply to an earlier one is dropped.
void ipc_drop_reply(struct Mailbox *m);
static inline void
ipc_sent(struct Env *from, envid_t to)
{
	struct Mailbox *m = mailbox_of(from);

	if (m->pending_reply.from)
		ipc_drop_reply(m);
	m->reply_owed_by = to;
}

// May there be a message that the owner of m can take at once?  Mostly not.
static inline bool
ipc_may_wait(const struct Mailbox *m)
{
	return m->pending_reply.from || m->may_have_senders;
}

// Before e, which is curenv, sleeps in sys_ipc_recv: if a message waits for it,
// take that.
bool ipc_take_waiting(struct Env *e, void *dstva);
static inline bool
ipc_take(struct Env *e, void *dstva)
{
	struct Mailbox *m = mailbox_of(e);

	m->accept_from = ANYBODY;
	return ipc_may_wait(m) && ipc_take_waiting(e, dstva);
}

int sys_ipc_send(envid_t envid, uint32_t value, void *srcva, int perm);
int sys_ipc_recv_from(void *dstva, envid_t from);
int sys_ipc_call(envid_t envid, uint32_t value, void *srcva, void *dstva,
	int perm);
int sys_ipc_reply(envid_t envid, uint32_t value, void *srcva, int perm);
int sys_ipc_reply_recv(envid_t envid, uint32_t value, void *srcva,
	void *dstva, int perm);

void ipc_end(struct Env *e);		// e ends
bool ipc_is_consistent(void);		// for kern/debug/audit.c

#endif // JOS_KERN_IPC_H
