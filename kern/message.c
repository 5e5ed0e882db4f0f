// kern/message.c - system calls that send and receive, besides the two of the
// labs: for who is ready to wait, and for servers, which must not.
//
// A request and its answer take two calls: the client's sys_ipc_call sends and
// waits for the answer, the server's sys_ipc_reply_recv answers and waits for
// the next request.  Each finds the other side waiting and puts its caller to
// sleep, so the CPU goes from one to the other and nobody is searched for.
//
// Entry points: the functions that have the names of calls; message_take.

#include <inc/error.h>

#include <kern/env.h>
#include <kern/ipc.h>
#include <kern/message.h>
#include <kern/pmap.h>
#include <kern/queue.h>
#include <kern/reap.h>
#include <kern/sched.h>
#include <kern/sleep.h>

// Find the page that goes with a message of e; NULL if none does.
// Returns 0, or -E_INVAL: as page_to_share.
static inline int
message_page(struct Env *e, void *srcva, int perm, struct PageInfo **store)
{
	*store = NULL;
	if ((uintptr_t) srcva >= UTOP)
		return 0;
	return (*store = page_to_share(e, srcva, perm)) ? 0 : -E_INVAL;
}

// There was no memory for a page table of `to`: what ended environments have
// yet to give back counts as there.  A call that fails is made again for that
// (handle_syscall), but a message may be another one's, or an answer.
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

// Write a message into the mailbox of `to`, which is to run then.
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

// The same; if its page cannot be mapped, this error is the message.
ALWAYS_INLINE void
deliver_answer(struct Env *to, envid_t from, uint32_t value,
	struct PageInfo *pp, int perm)
{
	int r = deliver(to, from, value, pp, perm);

	if (r < 0)
		deliver(to, from, r, NULL, 0);
}

// Have e, which runs, sleep until there is a message; if from is not ANYBODY,
// until that one sends it.
static inline void
wait_for_message(struct Env *e, envid_t from, void *dstva)
{
	ipc_heed(e, from);
	e->env_ipc_from = 0;		// so it sees if it was just woken
	e->env_ipc_dstva = dstva;
	e->env_ipc_recving = true;
	e->env_status = ENV_NOT_RUNNABLE;
}

// ----------------------------------------------------------------- sending

// Give `to`, if there is one, a message of me, or have me sleep until it takes
// it.  Returns 0 if it has it and is to be woken; else what sys_ipc_send
// returns.
ALWAYS_INLINE int
send(struct Env *me, struct Env *to, struct Message m)
{
	struct PageInfo *pp;
	int r;

	if (!to)
		return -E_BAD_ENV;
	if (to == me)
		return -E_INVAL;
	if ((r = message_page(me, m.srcva, m.perm, &pp)) < 0)
		return r;
	if (!ipc_is_receiving_from(to, me->env_id)) {
		*queue_join(me, to) = m;
		return -E_IPC_NOT_RECV;
	}
	if ((r = deliver(to, me->env_id, m.value, pp, m.perm)) == 0)
		ipc_sent(me, to->env_id);
	return r;
}

// sys_ipc_try_send, but if envid does not receive, or not from us, sleep until
// it takes the message; it takes them in the order of these calls.
// Returns 0; -E_BAD_ENV: there is no such environment, or it ended; -E_INVAL:
// as page_to_share, or it is us; -E_NO_MEM; -E_IPC_NOT_RECV: our parent woke
// us.
int
sys_ipc_send(envid_t envid, uint32_t value, void *srcva, int perm)
{
	struct Env *to = env_of(envid, false);
	int r = send(curenv, to, (struct Message) { value, srcva, perm,
		false, NULL });

	if (r == 0)
		sched_wake_receiver(to);
	return r;
}

// The same, and then wait for the answer: sys_ipc_recv_from(dstva, envid).
// Returns what the one or the other does.
int
sys_ipc_call(envid_t envid, uint32_t value, void *srcva, void *dstva,
	int perm)
{
	struct Env *me = curenv, *to = env_of(envid, false);
	int r;

	if (!landing_ok(dstva))
		return -E_INVAL;
	if ((r = send(me, to, (struct Message) { value, srcva, perm,
			true, dstva })) < 0)
		return r;
	wait_for_message(me, envid, dstva);
	sched_handoff(to);
	return 0;
}

// --------------------------------------------------------------- receiving

// Take the answer that is parked with e.
static void
take_answer(struct Env *e, void *dstva)
{
	struct Mail *m = mail_of(e);

	e->env_ipc_dstva = dstva;
	deliver_answer(e, m->from, m->value, m->page, m->perm);
	ipc_drop_answer(m);
}

// The turn of a sender in me's queue has come: take its message, if all is
// still well with it.  Returns 0 or an error, which is the sender's.
static int
take_from_queue(struct Env *me, struct Env *sender, void *dstva)
{
	const struct Message m = *queue_message(sender);
	struct PageInfo *pp;
	int r = message_page(sender, m.srcva, m.perm, &pp);

	if (r == 0) {
		me->env_ipc_dstva = dstva;
		r = deliver(me, sender->env_id, m.value, pp, m.perm);
	}
	if (r == 0)
		ipc_sent(sender, me->env_id);
	if (r == 0 && m.is_call) {
		sleep_cancel(sender);
		wait_for_message(sender, me->env_id, m.dstva);
		sender->env_tf.tf_regs.reg_eax = 0;
	} else
		queue_done(sender, r);
	return r;
}

// Have me, which runs, take a message of that environment, or of ANYBODY, if
// one is there already.
ALWAYS_INLINE bool
take(struct Env *me, envid_t from, void *dstva)
{
	const struct Mail *m = mail_of(me);
	struct Env *sender;

	if (m->from != NOBODY && (from == ANYBODY || m->from == from)) {
		take_answer(me, dstva);
		return true;
	}
	while (queue_waits(me) && (sender = queue_first(me, from)))
		if (take_from_queue(me, sender, dstva) == 0)
			return true;
	return false;
}

bool
message_take(void *dstva)
{
	struct Env *me = curenv;

	ipc_heed(me, ANYBODY);
	return take(me, ANYBODY, dstva);
}

// Like sys_ipc_recv, but only `from` may send; others get -E_IPC_NOT_RECV.
// Returns 0; -E_BAD_ENV: there is no `from`, or it ended; -E_INVAL: as
// sys_ipc_recv, or it is us.  If our parent wakes us, this returns 0 and
// env_ipc_from is 0.
int
sys_ipc_recv_from(void *dstva, envid_t from)
{
	struct Env *me = curenv, *e;

	if (!landing_ok(dstva))
		return -E_INVAL;
	if (from != 0 && take(me, from, dstva))
		return 0;
	if (!(e = env_of(from, false)))
		return -E_BAD_ENV;
	if (e == me)
		return -E_INVAL;
	wait_for_message(me, from, dstva);
	return 0;
}

// --------------------------------------------------------------- answering

// Answer the last message of `to`.  Returns 1 if it has the answer, and is to
// be woken; 0 if that waits for it; or -E_IPC_NOT_RECV: we owe it no answer.
ALWAYS_INLINE int
answer(struct Env *me, struct Env *to, uint32_t value, struct PageInfo *pp,
	int perm)
{
	struct Mail *m = mail_of(to);

	if (m->asked != me->env_id)
		return -E_IPC_NOT_RECV;
	m->asked = NOBODY;
	if (!ipc_is_receiving_from(to, me->env_id)) {
		ipc_park(to, me->env_id, value, pp, perm);
		return 0;
	}
	deliver_answer(to, me->env_id, value, pp, perm);
	return 1;
}

// Answer the last message that envid sent, which must have been to us and is
// not answered yet.  Never waits: if envid does not receive, the answer stays
// with it until it does, ends, or sends to somebody again.
// Returns 0; -E_BAD_ENV; -E_IPC_NOT_RECV: there is nothing to answer;
// -E_INVAL: as page_to_share.
int
sys_ipc_reply(envid_t envid, uint32_t value, void *srcva, int perm)
{
	struct Env *me = curenv, *to = env_of(envid, false);
	struct PageInfo *pp;
	int r;

	if (!to)
		return -E_BAD_ENV;
	if ((r = message_page(me, srcva, perm, &pp)) < 0)
		return r;
	if ((r = answer(me, to, value, pp, perm)) > 0) {
		sched_wake_receiver(to);
		return 0;
	}
	return r;
}

// The same, whatever becomes of the answer; then unmap what is at dstva, which
// mostly came with the message that was answered, and sys_ipc_recv there.
// Returns 0, or -E_INVAL with nothing done: as page_to_share or sys_ipc_recv.
int
sys_ipc_reply_recv(envid_t envid, uint32_t value, void *srcva, void *dstva,
	int perm)
{
	struct Env *me = curenv, *to = env_of(envid, false);
	struct PageInfo *pp;
	int r;

	if (!landing_ok(dstva))
		return -E_INVAL;
	if ((r = message_page(me, srcva, perm, &pp)) < 0)
		return r;

	const bool wakes = to && answer(me, to, value, pp, perm) > 0;

	if ((uintptr_t) dstva < UTOP)
		page_remove(me->env_pgdir, dstva);
	if (take(me, ANYBODY, dstva)) {
		if (wakes)
			sched_wake_receiver(to);
		return 0;
	}
	wait_for_message(me, ANYBODY, dstva);
	if (wakes)
		sched_handoff(to);
	return 0;
}
