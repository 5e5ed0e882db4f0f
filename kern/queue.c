// kern/queue.c - senders that sleep until their receiver takes their message.
//
// Each environment has a queue of those who want to send to it: first come,
// first served, and before anybody who happens to send while it receives.  So
// nobody can keep others from it by sending without pause.
//
// A sender in a queue sleeps on that queue (kern/sleep.c).  What its call returns
// if it is woken for another reason than that its turn has come is in its
// registers already.  The page that it sends stays where it is, and is looked up
// when its turn comes; so nothing is held here that has to be given back.
//
// Entry points: queue_join; queue_waits, queue_first, queue_message,
// queue_done; queue_fail, queue_is_consistent.  Under the kernel lock.

#include <inc/error.h>

#include <kern/env.h>
#include <kern/queue.h>
#include <kern/sched.h>
#include <kern/sleep.h>

struct Queue queues[NENV];

static struct Message messages[NENV];	// of the sender in each slot

static inline struct Queue *
queue_of(const struct Env *to)
{
	return &queues[ENVX(to->env_id)];
}

struct Message *
queue_join(struct Env *e, struct Env *to)
{
	queue_of(to)->may_wait = true;
	sleep_on(e, queue_of(to));
	return &messages[ENVX(e->env_id)];
}

struct Env *
queue_first(struct Env *to, envid_t only)
{
	struct Env *e = &envs[ENVX(only)], *first;

	if (only != 0)
		return e->env_id == only && sleeper_of(e)->object
			== queue_of(to) ? e : NULL;
	first = first_sleeper(queue_of(to));
	queue_of(to)->may_wait = first != NULL;
	return first;
}

const struct Message *
queue_message(const struct Env *sender)
{
	return &messages[ENVX(sender->env_id)];
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
	struct Env *e;

	while (queue_waits(to) && (e = queue_first(to, 0)))
		queue_done(e, -E_BAD_ENV);
}

// Does no sender wait where nobody looks for it?
bool
queue_is_consistent(void)
{
	for (const struct Env *e = envs; e < envs + NENV; e++)
		if (first_sleeper(&queues[e - envs])
		    && (e->env_status == ENV_FREE
			|| !queues[e - envs].may_wait))
			return false;
	return true;
}
