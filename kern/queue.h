// kern/queue.h - senders that sleep until their receiver takes their message.

#ifndef JOS_KERN_QUEUE_H
#define JOS_KERN_QUEUE_H

#include <inc/env.h>
#include <inc/types.h>

// A message as its sender put it, who was told if anything is wrong with it.
struct Message {
	uint32_t value;
	void *srcva;			// of the sender; UTOP or more: no page
	int perm;
	bool is_call;			// it then waits for the answer,
	void *dstva;			// and wants a page there
};

// Have e, which is curenv, sleep until `to` takes a message.  Returns where
// that is to be put.
struct Message *queue_join(struct Env *e, struct Env *to);

extern struct Queue {			// of the receiver in each slot
	bool may_wait;			// somebody: look with queue_first
} queues[NENV];

static inline bool
queue_waits(const struct Env *to)	// anybody?  A yes may be wrong
{
	return queues[ENVX(to->env_id)].may_wait;
}

// The first sender that waits for `to`; if only is not 0, that one or NULL.
struct Env *queue_first(struct Env *to, envid_t only);
const struct Message *queue_message(const struct Env *sender);

// Sender's turn has come; this is what its call returns.
void queue_done(struct Env *sender, int result);

void queue_fail(struct Env *to);	// `to` ends: nobody waits for it
bool queue_is_consistent(void);		// for kern/debug/audit.c

#endif // JOS_KERN_QUEUE_H
