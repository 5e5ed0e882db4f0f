// kern/ipc.h - messages between environments (kern/ipc.c).

#ifndef JOS_KERN_IPC_H
#define JOS_KERN_IPC_H

#include <inc/env.h>
#include <inc/types.h>

struct PageInfo;

#define ANYBODY		0		// no environment has this id

// An environment's mailbox, besides the env_ipc_* fields of struct Env
struct Mailbox {
	envid_t accept_from;		// the only sender allowed, or ANYBODY
	envid_t reply_owed_by;		// receiver of its last message, or 0
	bool may_have_senders;		// in its queue: ask first_sleeper
	bool may_be_awaited;		// a receiver may accept only from it

	struct {
		envid_t from;		// 0: no reply is pending
		uint32_t value;
		struct PageInfo *page;	// with a reference, or NULL
		int perm;
	} pending_reply;
};
extern struct Mailbox mailboxes[NENV];	// one for each slot of envs[]

static inline struct Mailbox *
mailbox_of(const struct Env *e)
{
	return &mailboxes[ENVX(e->env_id)];
}

static inline bool
ipc_is_receiving(const struct Env *e)
{
	return e->env_ipc_recving && e->env_status == ENV_NOT_RUNNABLE;
}

// If `to` is receiving, does it accept a message from `from`?
static inline bool
ipc_accepts(envid_t to, envid_t from)
{
	const envid_t only = mailboxes[ENVX(to)].accept_from;

	return only == ANYBODY || only == from;
}

// Note that `from` has sent a message to `to`: now only `to` may reply, and a
// pending reply to an earlier message is dropped.
void ipc_drop_reply(struct Mailbox *m);
static inline void
ipc_sent(struct Env *from, envid_t to)
{
	struct Mailbox *m = mailbox_of(from);

	if (m->pending_reply.from)
		ipc_drop_reply(m);
	m->reply_owed_by = to;
}

// May m have a pending reply or a sender in its queue?  Mostly it has neither.
static inline bool
ipc_may_wait(const struct Mailbox *m)
{
	return m->pending_reply.from || m->may_have_senders;
}

// For SYS_ipc_recv: e, which is curenv, takes its pending reply or the message
// of the first sender in its queue.  Returns false if there is neither, and e
// must sleep.
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

void ipc_end(struct Env *e);		// e has ended

#endif // JOS_KERN_IPC_H
