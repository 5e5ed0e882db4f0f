// kern/ipc.c - messages between environments.
//
// A message is delivered when its receiver waits for one, as in the labs, whose
// two calls, sys_ipc_try_send and sys_ipc_recv, are in kern/syscall.c.
//
// The other calls that send can wait: a sender sleeps in the receiver's queue
// until its message is taken, first come, first served.  The senders in the
// queue are those that sleep on the receiver's struct Mailbox (kern/sleep.c).
//
// A server cannot wait for a client, which may never receive.  So a reply to a
// client that does not receive yet is kept in the client's mailbox, as its
// pending reply.
//
// A request and its reply take two calls: the client's sys_ipc_call sends and
// waits for the reply, the server's sys_ipc_reply_recv replies and waits for
// the next request.  Each finds the other side waiting and puts its caller to
// sleep, so the CPU is handed from one to the other (sched_handoff).
//
// Entry points: the functions that have the names of calls; ipc_accepts,
// ipc_sent, ipc_take for those of kern/syscall.c; ipc_end.  Under the kernel
// lock.

#include <inc/error.h>

#include <kern/env.h>
#include <kern/ipc.h>
#include <kern/pmap.h>
#include <kern/reap.h>
#include <kern/sched.h>
#include <kern/sleep.h>
#include <kern/usermem.h>

struct Mailbox mailboxes[NENV];

// The message of each sender that sleeps in a queue, by slot
static struct Message {
	uint32_t value;
	void *srcva;			// UTOP or more: no page
	int perm;
	bool is_call;			// of sys_ipc_call, which then receives
	void *dstva;			// the reply, with its page there
} queued[NENV];

// May a receiver give this dstva: a page's start, or UTOP or more for no page?
static inline bool
dstva_ok(const void *dstva)
{
	return (uintptr_t) dstva >= UTOP || user_page(dstva);
}

// -------------------------------------------------------------- delivering

// Find the page that goes with a message of e; NULL if none does.
// Returns 0, or -E_INVAL: page_to_share refuses.
static inline int
message_page(struct Env *e, void *srcva, int perm, struct PageInfo **store)
{
	*store = NULL;
	if ((uintptr_t) srcva >= UTOP)
		return 0;
	return (*store = page_to_share(e, srcva, perm)) ? 0 : -E_INVAL;
}

// There was no memory to map the page of a message: try again while memory of
// ended environments is freed.  When a program's own call gets no memory, it
// makes the call again (retry_for_memory); but the caller here may be the
// receiver, and -E_NO_MEM the result of the sender.
// Returns 0, or -E_NO_MEM.
static int __attribute__((noinline))
map_again(struct Env *to, struct PageInfo *pp, int perm)
{
	int r = -E_NO_MEM;

	for (int i = 0; r < 0 && i < REAPS_A_PAGE && reap_pending(); i++) {
		reap_some();
		r = page_insert(to->env_pgdir, pp, to->env_ipc_dstva, perm);
	}
	return r;
}

// Write a message into the mailbox of `to`; the caller makes `to` runnable.
// Returns 0, or -E_NO_MEM with nothing changed: no page table for the page.
ALWAYS_INLINE int
deliver(struct Env *to, envid_t from, uint32_t value, struct PageInfo *pp,
	int perm)
{
	int r;

	if (!pp || (uintptr_t) to->env_ipc_dstva >= UTOP)
		perm = 0;		// no page moves
	else if ((r = page_insert(to->env_pgdir, pp, to->env_ipc_dstva,
			perm)) < 0 && (r = map_again(to, pp, perm)) < 0)
		return r;
	to->env_ipc_recving = false;
	to->env_ipc_from = from;
	to->env_ipc_value = value;
	to->env_ipc_perm = perm;
	to->env_tf.tf_regs.reg_eax = 0;
	return 0;
}

// Deliver a reply, or -E_NO_MEM as the reply if its page cannot be mapped.
ALWAYS_INLINE void
deliver_reply(struct Env *to, envid_t from, uint32_t value,
	struct PageInfo *pp, int perm)
{
	int r = deliver(to, from, value, pp, perm);

	if (r < 0)
		deliver(to, from, r, NULL, 0);
}

// Put e to sleep until there is a message of `from`, which may be ANYBODY.
static inline void
receive(struct Env *e, envid_t from, void *dstva)
{
	struct Mailbox *m = mailbox_of(e);

	if (m->accept_from != from) {
		m->accept_from = from;
		if (from != ANYBODY)
			mailboxes[ENVX(from)].may_be_awaited = true;
	}
	e->env_ipc_from = 0;		// stays so if the wakeup is spurious
	e->env_ipc_dstva = dstva;
	e->env_ipc_recving = true;
	e->env_tf.tf_regs.reg_eax = 0;
	e->env_status = ENV_NOT_RUNNABLE;
}

// Wake e; its system call returns this result.
static void
wake_with(struct Env *e, int result)
{
	e->env_ipc_recving = false;
	e->env_tf.tf_regs.reg_eax = result;
	wakeup_env(e);			// so e is in no queue any more
}

// ----------------------------------------------------------------- sending

void
ipc_drop_reply(struct Mailbox *m)
{
	if (m->pending_reply.page)
		page_decref(m->pending_reply.page);
	m->pending_reply.page = NULL;
	m->pending_reply.from = 0;
}

// Deliver message m of `from` to `to`.  If m is a call, `from` then receives.
// Returns 0, or an error with nothing changed: -E_INVAL, -E_NO_MEM.
ALWAYS_INLINE int
transfer(struct Env *from, struct Env *to, struct Message m)
{
	struct PageInfo *pp;
	int r;

	if ((r = message_page(from, m.srcva, m.perm, &pp)) < 0
	    || (r = deliver(to, from->env_id, m.value, pp, m.perm)) < 0)
		return r;
	ipc_sent(from, to->env_id);
	if (m.is_call)
		receive(from, to->env_id, m.dstva);
	return 0;
}

// Have e, whose message is in queued[], sleep in the queue of `to`.
// Returns -E_INVAL if the page of the message cannot be sent; else
// -E_IPC_NOT_RECV, which e's call returns if e's parent wakes it before its
// message is taken.
static int __attribute__((noinline))
join_queue(struct Env *e, struct Env *to)
{
	const struct Message *m = &queued[ENVX(e->env_id)];
	struct PageInfo *pp;
	int r;

	if ((r = message_page(e, m->srcva, m->perm, &pp)) < 0)
		return r;
	mailbox_of(to)->may_have_senders = true;
	sleep_on(e, mailbox_of(to));
	return -E_IPC_NOT_RECV;
}

// Send a message of curenv, or have curenv sleep in the receiver's queue: for
// sys_ipc_send and sys_ipc_call, with the results of sys_ipc_send.
ALWAYS_INLINE int
send(envid_t envid, struct Message m)
{
	struct Env *me = curenv, *to = env_of(envid, false);
	int r;

	if (!to)
		return -E_BAD_ENV;
	if (to == me)
		return -E_INVAL;
	if (!ipc_is_receiving(to) || !ipc_accepts(to->env_id, me->env_id)) {
		queued[ENVX(me->env_id)] = m;
		return join_queue(me, to);
	}
	if ((r = transfer(me, to, m)) < 0)
		return r;
	if (m.is_call)
		sched_handoff(to);
	sched_wake_receiver(to);
	return 0;
}

// sys_ipc_try_send, but if envid does not receive, or not from curenv, sleep
// until envid takes the message.
// Returns 0; -E_BAD_ENV: envid does not exist, or ended; -E_INVAL:
// page_to_share refuses, or envid is curenv; -E_NO_MEM; -E_IPC_NOT_RECV:
// curenv's parent made it runnable.
int
sys_ipc_send(envid_t envid, uint32_t value, void *srcva, int perm)
{
	return send(envid, (struct Message) { value, srcva, perm, false,
		NULL });
}

// sys_ipc_send, and then sys_ipc_recv_from(dstva, envid) for the reply.
// Returns the error of either, or 0.
int
sys_ipc_call(envid_t envid, uint32_t value, void *srcva, void *dstva,
	int perm)
{
	if (!dstva_ok(dstva))
		return -E_INVAL;
	return send(envid, (struct Message) { value, srcva, perm, true,
		dstva });
}

// --------------------------------------------------------------- receiving

// Let `me` take the message of a sender in its queue.
// Returns 0; or an error if the message cannot be sent any more, which is then
// the result of the sender's call.
static int
take_from_queue(struct Env *me, struct Env *sender, void *dstva)
{
	const struct Message m = queued[ENVX(sender->env_id)];

	me->env_ipc_dstva = dstva;

	const int r = transfer(sender, me, m);

	if (r == 0 && m.is_call)
		sleep_cancel(sender);
	else
		wake_with(sender, r);
	return r;
}

// Returns the first sender in the queue of `me`; if `from` is not ANYBODY, only
// `from`, if it is in the queue.  NULL if there is none.
static struct Env *
first_sender(struct Env *me, envid_t from)
{
	struct Mailbox *m = mailbox_of(me);
	struct Env *e;

	if (from != ANYBODY) {
		e = env_by_id(from);
		return e && sleeper_of(e)->object == m ? e : NULL;
	}
	e = first_sleeper(m);
	m->may_have_senders = e != NULL;
	return e;
}

// Let `me`, which is curenv, take a message of `from`, which may be ANYBODY:
// the pending reply, or a message in the queue.  Returns whether there was one.
static bool
take(struct Env *me, envid_t from, void *dstva)
{
	struct Mailbox *m = mailbox_of(me);
	const envid_t replied = m->pending_reply.from;
	struct Env *sender;

	if (replied && (from == ANYBODY || from == replied)) {
		me->env_ipc_dstva = dstva;
		deliver_reply(me, replied, m->pending_reply.value,
			m->pending_reply.page, m->pending_reply.perm);
		ipc_drop_reply(m);
		return true;
	}
	while (m->may_have_senders && (sender = first_sender(me, from)))
		if (take_from_queue(me, sender, dstva) == 0)
			return true;
	return false;
}

// The sender of a message from the queue runs before e goes on: if the sender
// then receives, e's reply finds it waiting.
bool
ipc_take_waiting(struct Env *e, void *dstva)
{
	if (!dstva_ok(dstva) || !take(e, ANYBODY, dstva))
		return false;

	struct Env *sender = &envs[ENVX(e->env_ipc_from)];

	if (sender->env_status == ENV_RUNNABLE)
		sched_handoff(sender);
	return true;
}

// Like sys_ipc_recv, but only `from` may send; others get -E_IPC_NOT_RECV.
// Returns 0; -E_BAD_ENV: `from` does not exist, or ended; -E_INVAL: bad dstva,
// or `from` is curenv.  If curenv's parent makes it runnable, the call returns
// 0 and env_ipc_from is 0.
int
sys_ipc_recv_from(void *dstva, envid_t from)
{
	struct Env *me = curenv, *e;

	if (!dstva_ok(dstva))
		return -E_INVAL;
	if (from != ANYBODY && take(me, from, dstva))
		return 0;
	if (!(e = env_of(from, false)))
		return -E_BAD_ENV;
	if (e == me)
		return -E_INVAL;
	receive(me, from, dstva);
	return 0;
}

// ---------------------------------------------------------------- replying

// Reply to the last message of `to`, which is NULL if there is no such
// environment.  Returns 1 if the reply was delivered, and the caller is to make
// `to` runnable; 0 if the reply is pending; -E_INVAL: page_to_share refuses;
// -E_BAD_ENV; -E_IPC_NOT_RECV: `me` owes no reply.
ALWAYS_INLINE int
reply(struct Env *me, struct Env *to, uint32_t value, void *srcva, int perm)
{
	const envid_t id = me->env_id;
	struct PageInfo *pp;
	int r;

	if ((r = message_page(me, srcva, perm, &pp)) < 0)
		return r;
	if (!to)
		return -E_BAD_ENV;

	struct Mailbox *m = mailbox_of(to);

	if (m->reply_owed_by != id)
		return -E_IPC_NOT_RECV;
	m->reply_owed_by = 0;
	if (ipc_is_receiving(to) && ipc_accepts(to->env_id, id)) {
		deliver_reply(to, id, value, pp, perm);
		return 1;
	}
	if (pp && pp->pp_ref == PP_REF_MAX) {
		pp = NULL;		// pp_ref would overflow
		value = -E_NO_MEM;
	}
	if (pp)
		pp->pp_ref++;
	m->pending_reply.from = id;
	m->pending_reply.value = value;
	m->pending_reply.page = pp;
	m->pending_reply.perm = perm;
	return 0;
}

// Reply to the last message that envid sent, which must have been to curenv and
// have had no reply yet.  Never waits: if envid does not receive, the reply is
// pending until envid receives, ends, or sends another message.
// Returns 0; -E_BAD_ENV; -E_IPC_NOT_RECV: there is nothing to reply to;
// -E_INVAL: page_to_share refuses.
int
sys_ipc_reply(envid_t envid, uint32_t value, void *srcva, int perm)
{
	struct Env *to = env_of(envid, false);
	const int r = reply(curenv, to, value, srcva, perm);

	if (r > 0)
		sched_wake_receiver(to);
	return MIN(r, 0);
}

// sys_ipc_reply, even if envid has ended or is owed no reply; then unmap the
// page at dstva, which mostly came with the request, and sys_ipc_recv(dstva).
// Returns 0, or -E_INVAL with nothing done: page_to_share refuses, or bad
// dstva.
int
sys_ipc_reply_recv(envid_t envid, uint32_t value, void *srcva, void *dstva,
	int perm)
{
	struct Env *me = curenv, *to = env_of(envid, false);

	if (!dstva_ok(dstva))
		return -E_INVAL;

	const int r = reply(me, to, value, srcva, perm);

	if (r == -E_INVAL)
		return r;
	if ((uintptr_t) dstva < UTOP)
		page_remove(me->env_pgdir, dstva);
	if (ipc_may_wait(mailbox_of(me)) && take(me, ANYBODY, dstva)) {
		if (r > 0)
			sched_wake_receiver(to);
		return 0;
	}
	receive(me, ANYBODY, dstva);
	if (r > 0)
		sched_handoff(to);
	return 0;
}

// --------------------------------------------------------------------- end

// Receivers that accept messages of e alone, and senders in its queue, get
// -E_BAD_ENV.
void
ipc_end(struct Env *e)
{
	struct Mailbox *m = mailbox_of(e);
	struct Env *waiter;

	for (waiter = envs; m->may_be_awaited && waiter < env_end(); waiter++)
		if (mailbox_of(waiter)->accept_from == e->env_id
		    && ipc_is_receiving(waiter))
			wake_with(waiter, -E_BAD_ENV);
	while (m->may_have_senders && (waiter = first_sender(e, ANYBODY)))
		wake_with(waiter, -E_BAD_ENV);
	ipc_drop_reply(m);
	*m = (struct Mailbox) { .accept_from = ANYBODY };
}
