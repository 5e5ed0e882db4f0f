// kern/ipc.h - messages: who waits for whom, and answers that wait.

#ifndef JOS_KERN_IPC_H
#define JOS_KERN_IPC_H

#include <inc/env.h>
#include <inc/types.h>

struct PageInfo;

#define ANYBODY		0		// no environment has this id
#define NOBODY		0

// What struct Env has no room for; kern/message.c shares it with kern/ipc.c.
struct Mail {
	envid_t only_from;		// while it receives: who may send
	int heeded_by;			// in how many others that is us
	envid_t asked;			// owes it an answer, or NOBODY

	// The answer that is parked here, if there is one
	envid_t from;			// or NOBODY
	uint32_t value;
	struct PageInfo *page;		// counted, or NULL
	int perm;
};
extern struct Mail mail[NENV];		// by slot

static inline struct Mail *
mail_of(const struct Env *e)
{
	return &mail[ENVX(e->env_id)];
}

static inline bool
ipc_may_hear(const struct Env *to, envid_t from)
{
	envid_t only = mail_of(to)->only_from;

	return only == ANYBODY || only == from;
}

static inline bool
ipc_is_receiving(const struct Env *e)
{
	return e->env_ipc_recving && e->env_status == ENV_NOT_RUNNABLE;
}

static inline bool
ipc_is_receiving_from(const struct Env *to, envid_t from)
{
	return ipc_is_receiving(to) && ipc_may_hear(to, from);
}

// From now on e hears from nobody but that one.  What is said stays when a
// message has come, for the next is often from there as well.
void ipc_set_heeded(struct Mail *m, envid_t from);
static inline void
ipc_heed(struct Env *e, envid_t from)
{
	struct Mail *m = mail_of(e);

	if (m->only_from != from)
		ipc_set_heeded(m, from);
}

// e has sent a message: it waits for another answer now, if for any.
void ipc_drop_answer(struct Mail *m);
static inline void
ipc_sent(struct Env *e, envid_t to)
{
	struct Mail *m = mail_of(e);

	if (m->from != NOBODY)
		ipc_drop_answer(m);
	m->asked = to;
}

// Park an answer with `to`, in place of one that may be there; pp may be NULL.
void ipc_park(struct Env *to, envid_t from, uint32_t value,
	struct PageInfo *pp, int perm);

void ipc_forget(struct Env *e);		// e ends

// The page that waits with slot i, with one reference to it, or NULL.
struct PageInfo *ipc_parked_page(int i);
bool ipc_is_consistent(void);		// for kern/debug/audit.c

#endif // JOS_KERN_IPC_H
