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
#include <kern/sched.h>

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

// ----------------------------------------------------------------- sending

// Give `to`, if there is one, a message of curenv, or have curenv sleep until it
// takes it.  Returns 0 if it has it and is to be woken; else what sys_ipc_send
// returns.
static inline int
send(struct Env *to, const struct Message *m)
{
	struct Env *me = curenv;
	struct PageInfo *pp;
	int r;

	if (!to)
		return -E_BAD_ENV;
	if (to == me)
		return -E_INVAL;
	if ((r = message_page(me, m->srcva, m->perm, &pp)) < 0)
		return r;
	r = ipc_offer(me, to, m->value, pp, m->perm);
	if (r == -E_IPC_NOT_RECV)
		queue_join(me, to, m);
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
	const struct Message m = { value, srcva, perm, false, NULL };
	struct Env *to = env_of(envid, false);
	int r = send(to, &m);

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
	const struct Message m = { value, srcva, perm, true, dstva };
	struct Env *to = env_of(envid, false);
	int r;

	if (!landing_ok(dstva))
		return -E_INVAL;
	if ((r = send(to, &m)) < 0)
		return r;
	ipc_wait_for(curenv, envid, dstva);
	sched_handoff(to);
	return 0;
}

// --------------------------------------------------------------- receiving

// The turn of a sender in curenv's queue has come: take its message, if all is
// still well with it.  Returns 0 or an error, which is the sender's.
static int
take_from_queue(struct Env *sender, void *dstva)
{
	const struct Message m = *queue_message(sender);
	struct PageInfo *pp;
	int r = message_page(sender, m.srcva, m.perm, &pp);

	if (r == 0) {
		curenv->env_ipc_dstva = dstva;
		r = ipc_give(sender, curenv, m.value, pp, m.perm);
	}
	if (r == 0 && m.is_call) {
		queue_leave(sender);
		ipc_wait_for(sender, curenv->env_id, m.dstva);
	} else
		queue_done(sender, r);
	return r;
}

static inline bool
take(struct Env *me, envid_t from, void *dstva)
{
	struct Env *sender;

	if (ipc_take_answer(me, from, dstva))
		return true;
	while ((sender = queue_first(me, from)))
		if (take_from_queue(sender, dstva) == 0)
			return true;
	return false;
}

bool
message_take(envid_t from, void *dstva)
{
	return take(curenv, from, dstva);
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
	ipc_wait_for(me, from, dstva);
	return 0;
}

// --------------------------------------------------------------- answering

// Answer the last message that envid sent, which must have been to us and is
// not answered yet.  Never waits: if envid does not receive, the answer stays
// with it until it does, ends, or sends to somebody again.
// Returns 0; -E_BAD_ENV; -E_IPC_NOT_RECV: there is nothing to answer;
// -E_INVAL: as page_to_share.
int
sys_ipc_reply(envid_t envid, uint32_t value, void *srcva, int perm)
{
	struct Env *to = env_of(envid, false);
	struct PageInfo *pp;
	int r;

	if (!to)
		return -E_BAD_ENV;
	if ((r = message_page(curenv, srcva, perm, &pp)) < 0)
		return r;
	if ((r = ipc_answer(to, value, pp, perm)) > 0) {
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
	struct Env *me = curenv, *to = env_of(envid, false), *woken = NULL;
	struct PageInfo *pp;
	int r;

	if (!landing_ok(dstva))
		return -E_INVAL;
	if ((r = message_page(me, srcva, perm, &pp)) < 0)
		return r;
	if (to && ipc_answer(to, value, pp, perm) > 0)
		woken = to;
	if ((uintptr_t) dstva < UTOP)
		page_remove(me->env_pgdir, dstva);

	bool received = take(me, 0, dstva);
	if (!received)
		ipc_wait_for(me, 0, dstva);
	if (woken && !received)
		sched_handoff(woken);
	else if (woken)
		sched_wake_receiver(woken);
	return 0;
}
