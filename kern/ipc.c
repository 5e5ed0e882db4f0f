// kern/ipc.c - messages: who waits for whom, and answers that wait.
//
// A message moves when its receiver waits for it (sys_ipc_try_send).  A server
// cannot wait until its client does, for the client may never do so.  So the
// answer to a message (sys_ipc_reply) is parked with the client, one for each,
// and is there when the client asks for it.  A client whose message cannot move
// yet may wait in the server's queue (kern/queue.c).
//
// The calls themselves are in kern/syscall.c and kern/message.c; what they
// remember and struct Env has no room for is here, by slot.  Under the kernel
// lock.
//
// Entry points: ipc_is_closed, ipc_sent; ipc_offer, ipc_give, ipc_take_answer;
// ipc_wait_for; ipc_answer; ipc_forget; ipc_parked_page, ipc_is_consistent.

#include <inc/assert.h>
#include <inc/error.h>

#include <kern/env.h>
#include <kern/ipc.h>
#include <kern/pmap.h>
#include <kern/queue.h>
#include <kern/sched.h>

#define ANYBODY		0		// no environment has this id
#define NOBODY		0

static struct Mail {
	envid_t only_from;		// while it receives: who may send
	int heeded_by;			// in how many others that is us
	envid_t asked;			// owes it an answer, or NOBODY

	// The answer that is parked here, if there is one
	envid_t from;			// or NOBODY
	uint32_t value;
	struct PageInfo *page;		// counted, or NULL
	int perm;
} mail[NENV];

static inline struct Mail *
mail_of(const struct Env *e)
{
	return &mail[ENVX(e->env_id)];
}

// Hear from nobody but that one.  What is said stays when a message has come,
// for the next is often from there as well.
static inline void
heed(struct Mail *m, envid_t from)
{
	if (m->only_from == from)
		return;
	if (m->only_from != ANYBODY)
		mail[ENVX(m->only_from)].heeded_by--;
	if (from != ANYBODY)
		mail[ENVX(from)].heeded_by++;
	m->only_from = from;
}

static inline void
drop_answer(struct Mail *m)
{
	if (m->from == NOBODY)
		return;
	if (m->page)
		page_decref(m->page);
	m->page = NULL;
	m->from = NOBODY;
}

// Write a message into e's mailbox.  Returns 0, or -E_NO_MEM with nothing
// changed: there is no memory for a page table.
static inline int
try_deliver(struct Env *e, envid_t from, uint32_t value, struct PageInfo *pp,
	int perm)
{
	int r;
	bool page_moves = pp && (uintptr_t) e->env_ipc_dstva < UTOP;

	if (page_moves && (r = page_insert(e->env_pgdir, pp, e->env_ipc_dstva,
			perm)) < 0)
		return r;
	e->env_ipc_recving = false;
	e->env_ipc_from = from;
	e->env_ipc_value = value;
	e->env_ipc_perm = page_moves ? perm : 0;
	e->env_tf.tf_regs.reg_eax = 0;
	return 0;
}

// The same; if its page cannot be mapped, this error is the message.
static void
deliver(struct Env *e, envid_t from, uint32_t value, struct PageInfo *pp,
	int perm)
{
	int r = try_deliver(e, from, value, pp, perm);

	if (r < 0)
		try_deliver(e, from, r, NULL, 0);
}

static inline bool
is_receiving(const struct Env *e)
{
	return e->env_ipc_recving && e->env_status == ENV_NOT_RUNNABLE;
}

static inline bool
may_hear_from(const struct Env *to, envid_t from)
{
	envid_t only = mail_of(to)->only_from;

	return only == ANYBODY || only == from;
}

// Does `to` wait for a message of somebody else than curenv?
bool
ipc_is_closed(const struct Env *to)
{
	return mail_of(to)->only_from != ANYBODY
		&& !may_hear_from(to, curenv->env_id);
}

// e, which runs, wants a message of this environment, or of any if it is 0: is
// there an answer?  Then it has it.
bool
ipc_take_answer(struct Env *e, envid_t from, void *dstva)
{
	struct Mail *m = mail_of(e);

	if (from == ANYBODY)
		heed(m, ANYBODY);
	if (m->from == NOBODY || (from != ANYBODY && m->from != from))
		return false;
	e->env_ipc_dstva = dstva;
	deliver(e, m->from, m->value, m->page, m->perm);
	drop_answer(m);
	return true;
}

// e has sent a message: it waits for another answer now, if for any.
static inline void
sent(struct Env *e, envid_t to)
{
	struct Mail *m = mail_of(e);

	drop_answer(m);
	m->asked = to;
}

void
ipc_sent(struct Env *e, envid_t to)
{
	sent(e, to);
}

static inline int
give(struct Env *from, struct Env *to, uint32_t value, struct PageInfo *pp,
	int perm)
{
	int r = try_deliver(to, from->env_id, value, pp, perm);

	if (r == 0)
		sent(from, to->env_id);
	return r;
}

int
ipc_give(struct Env *from, struct Env *to, uint32_t value,
	struct PageInfo *pp, int perm)
{
	return give(from, to, value, pp, perm);
}

int
ipc_offer(struct Env *from, struct Env *to, uint32_t value,
	struct PageInfo *pp, int perm)
{
	if (!is_receiving(to) || !may_hear_from(to, from->env_id))
		return -E_IPC_NOT_RECV;
	return give(from, to, value, pp, perm);
}

void
ipc_wait_for(struct Env *e, envid_t from, void *dstva)
{
	heed(mail_of(e), from);
	e->env_ipc_from = 0;		// so it sees if it was just woken
	e->env_ipc_dstva = dstva;
	e->env_ipc_recving = true;
	e->env_status = ENV_NOT_RUNNABLE;
	e->env_tf.tf_regs.reg_eax = 0;
}

// Park an answer with a client, in place of one that may be there.  A page
// with more references than can be counted is replaced by the error, as in
// deliver.
static void
park(struct Mail *m, envid_t from, uint32_t value, struct PageInfo *pp,
	int perm)
{
	drop_answer(m);
	if (pp && pp->pp_ref == PP_REF_MAX) {
		pp = NULL;
		value = -E_NO_MEM;
	}
	if (pp)
		pp->pp_ref++;
	m->from = from;
	m->value = value;
	m->page = pp;
	m->perm = perm;
}

// Returns 1 if it has the answer, and is to be woken; 0 if that waits for it;
// or -E_IPC_NOT_RECV: we owe it no answer.
int
ipc_answer(struct Env *to, uint32_t value, struct PageInfo *pp, int perm)
{
	const envid_t me = curenv->env_id;
	struct Mail *m = mail_of(to);

	if (m->asked != me)
		return -E_IPC_NOT_RECV;
	m->asked = NOBODY;
	if (is_receiving(to) && may_hear_from(to, me)) {
		deliver(to, me, value, pp, perm);
		return 1;
	}
	park(m, me, value, pp, perm);
	return 0;
}

// Those who wait for a message of e alone, wait in vain.
static void
fail_waiters(const struct Env *e)
{
	const int *left = &mail_of(e)->heeded_by;

	for (int i = 0; i < NENV && *left > 0; i++) {
		struct Env *waiter = &envs[i];

		if (mail[i].only_from != e->env_id)
			continue;
		heed(&mail[i], ANYBODY);
		if (!is_receiving(waiter))
			continue;
		waiter->env_ipc_recving = false;
		waiter->env_tf.tf_regs.reg_eax = -E_BAD_ENV;
		sched_wake(waiter);
	}
}

void
ipc_forget(struct Env *e)
{
	struct Mail *m = mail_of(e);

	drop_answer(m);
	m->asked = NOBODY;
	heed(m, ANYBODY);
	fail_waiters(e);
	queue_fail(e);
}

// Is it counted who is heeded, and by how many?
bool
ipc_is_consistent(void)
{
	int heeding = 0, counted = 0;

	for (int i = 0; i < NENV; i++) {
		const envid_t from = mail[i].only_from;

		counted += mail[i].heeded_by;
		if (from == ANYBODY)
			continue;
		heeding++;
		if (envs[ENVX(from)].env_id != from
		    || mail[ENVX(from)].heeded_by <= 0)
			return false;
	}
	return heeding == counted;
}

struct PageInfo *
ipc_parked_page(int i)
{
	return mail[i].page;
}
