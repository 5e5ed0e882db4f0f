// kern/ipc.c - messages: who waits for whom, and answers that wait.
//
// A message moves when its receiver waits for it (sys_ipc_try_send).  A server
// cannot wait until its client does, for the client may never do so.  So the
// answer to a message (sys_ipc_reply) is parked with the client, one for each,
// and is there when the client asks for it.  A client whose message cannot move
// yet may wait in the server's queue (kern/queue.c).
//
// The calls themselves are in kern/syscall.c and kern/message.c; what they
// remember and struct Env has no room for is here.  Under the kernel lock.
//
// Entry points: ipc_heed, ipc_sent, ipc_park, ipc_drop_answer; ipc_forget;
// ipc_parked_page, ipc_is_consistent.

#include <inc/assert.h>
#include <inc/error.h>

#include <kern/env.h>
#include <kern/ipc.h>
#include <kern/pmap.h>
#include <kern/queue.h>
#include <kern/sched.h>

struct Mail mail[NENV];

void
ipc_set_heeded(struct Mail *m, envid_t from)
{
	if (m->only_from != ANYBODY)
		mail[ENVX(m->only_from)].heeded_by--;
	if (from != ANYBODY)
		mail[ENVX(from)].heeded_by++;
	m->only_from = from;
}

void
ipc_drop_answer(struct Mail *m)
{
	if (m->page)
		page_decref(m->page);
	m->page = NULL;
	m->from = NOBODY;
}

// A page with more references than can be counted is replaced by the error, as
// is one that cannot be mapped (kern/message.c).
void
ipc_park(struct Env *to, envid_t from, uint32_t value, struct PageInfo *pp,
	int perm)
{
	struct Mail *m = mail_of(to);

	ipc_drop_answer(m);
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

// Those who wait for a message of e alone, wait in vain.
static void
fail_waiters(const struct Env *e)
{
	const int *left = &mail_of(e)->heeded_by;

	for (int i = 0; i < NENV && *left > 0; i++) {
		struct Env *waiter = &envs[i];

		if (mail[i].only_from != e->env_id)
			continue;
		ipc_set_heeded(&mail[i], ANYBODY);
		if (!ipc_is_receiving(waiter))
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

	ipc_drop_answer(m);
	m->asked = NOBODY;
	ipc_heed(e, ANYBODY);
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
