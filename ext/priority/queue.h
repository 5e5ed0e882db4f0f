// ext/priority/queue.h - the slots of envs[] that wait for a CPU, by priority.
//
// For each priority a queue, first in, first out, and a bit that says whether
// anybody is in it.  So to add one, to take one out and to find the first one of
// the highest priority takes the same time, however many there are.
//
// A queue is a ring of the places of its slots and of a head.

#ifndef JOS_EXT_PRIORITY_QUEUE_H
#define JOS_EXT_PRIORITY_QUEUE_H

#include <inc/env.h>
#include <inc/types.h>

#include <ext/priority/priority.h>

struct Place {
	struct Place *next, *prev;	// next is NULL: not in a queue
};

struct Queues {
	uint32_t in_use;		// a bit for each that is not empty
	struct Place head[PRIORITY_SERVER + 1];
	struct Place place[NENV];	// of each slot
};

static inline bool
is_queued(const struct Queues *q, int slot)
{
	return q->place[slot].next != NULL;
}

// Put a slot that is not queued at the end of a queue.
static inline void
queue_add(struct Queues *q, int slot, int priority)
{
	struct Place *head = &q->head[priority], *p = &q->place[slot];

	if (!(q->in_use & 1u << priority))
		head->next = head->prev = head;
	q->in_use |= 1u << priority;
	*p = (struct Place) { head, head->prev };
	p->prev->next = head->prev = p;
}

// Take a slot out of its queue.
static inline void
queue_remove(struct Queues *q, int slot)
{
	struct Place *p = &q->place[slot];

	p->prev->next = p->next;
	p->next->prev = p->prev;
	if (p->next == p->prev)		// then that is the head, alone
		q->in_use &= ~(1u << (p->next - q->head));
	p->next = NULL;
}

// The highest priority of a slot in a queue; -1 if all are empty.
static inline int
queue_highest(const struct Queues *q)
{
	return q->in_use ? 31 - __builtin_clz(q->in_use) : -1;
}

static inline int
queue_first(const struct Queues *q, int priority)
{
	return q->head[priority].next - q->place;
}

#endif // JOS_EXT_PRIORITY_QUEUE_H
