// kern/queue.c - senders that sleep until their receiver takes their message.
//
// Each environment has a queue of those who want to send to it: first come,
// first served, and before anybody who happens to send while it receives.  So
// nobody can keep others from it by sending without pause.
//
// A sender in a queue is ENV_NOT_RUNNABLE.  What its call returns if it is
// woken for another reason than that its turn has come is in its registers
// already.  The page that it sends stays where it is, and is looked up when
// its turn comes; so nothing is held here that has to be given back.
//
// Entry points: queue_join; queue_waits, queue_first, queue_message,
// queue_done; queue_fail, queue_leave; is_queued, queue_is_consistent.  Under
// the kernel lock.

#include <inc/error.h>

#include <kern/env.h>
#include <kern/queue.h>
#include <kern/sched.h>
#include <kern/wait.h>

struct Queue queues[NENV];

static struct Sender {
	struct Env *to;			// or NULL: it is in no queue
	struct Env *next, *prev;
	struct Message message;
} senders[NENV];

static inline struct Queue *
queue_of(const struct Env *to)
{
	return &queues[ENVX(to->env_id)];
}

static inline struct Sender *
sender_of(const struct Env *e)
{
	return &senders[ENVX(e->env_id)];
}

struct Message *
queue_join(struct Env *e, struct Env *to)
{
	struct Queue *q = queue_of(to);
	struct Sender *s = sender_of(e);

	queue_leave(e);
	s->to = to;
	s->prev = q->last;
	*(q->last ? &sender_of(q->last)->next : &q->first) = e;
	q->last = e;
	e->env_status = ENV_NOT_RUNNABLE;
	return &s->message;
}

void
queue_leave(struct Env *e)
{
	struct Sender *s = sender_of(e);

	if (!s->to)
		return;

	struct Queue *q = queue_of(s->to);

	*(s->prev ? &sender_of(s->prev)->next : &q->first) = s->next;
	*(s->next ? &sender_of(s->next)->prev : &q->last) = s->prev;
	*s = (struct Sender) { .to = NULL };
}

bool
is_queued(const struct Env *e)
{
	return sender_of(e)->to != NULL;
}

struct Env *
queue_first(struct Env *to, envid_t only)
{
	if (only == 0)
		return queue_of(to)->first;

	struct Env *e = &envs[ENVX(only)];

	return e->env_id == only && sender_of(e)->to == to ? e : NULL;
}

const struct Message *
queue_message(const struct Env *sender)
{
	return &sender_of(sender)->message;
}

void
queue_done(struct Env *sender, int result)
{
	sender->env_tf.tf_regs.reg_eax = result;
	sched_wake(sender);		// leaves the queue
}

void
queue_fail(struct Env *to)
{
	while (queue_of(to)->first)
		queue_done(queue_of(to)->first, -E_BAD_ENV);
}

// Do these links make a list of senders who sleep, and of how many?
static bool
is_list(const struct Env *to, int *count)
{
	const struct Env *prev = NULL, *e = queue_of(to)->first;

	for (; e; prev = e, e = sender_of(e)->next)
		if (sender_of(e)->to != to || sender_of(e)->prev != prev
		    || e->env_status != ENV_NOT_RUNNABLE || e->env_ipc_recving
		    || ++*count > NENV)
			return false;
	return queue_of(to)->last == prev;
}

// Every sender is in the queue that it waits in, of an environment that lives.
bool
queue_is_consistent(void)
{
	int linked = 0, waiting = 0;

	for (const struct Env *e = envs; e < envs + NENV; e++) {
		if (e->env_id == 0)		// never in use
			continue;
		waiting += is_queued(e);
		if (!is_list(e, &linked)
		    || (queue_of(e)->first && e->env_status == ENV_FREE))
			return false;
	}
	return linked == waiting;
}
