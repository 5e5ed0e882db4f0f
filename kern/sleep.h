// kern/sleep.h - sleep and wakeup (kern/sleep.c).

#ifndef JOS_KERN_SLEEP_H
#define JOS_KERN_SLEEP_H

#include <inc/env.h>
#include <inc/types.h>

#include <kern/console.h>
#include <kern/irqwait.h>

// What kern/sleep.c knows about the environment in a slot of envs[]
struct Sleeper {
	const void *object;		// that it sleeps on, or NULL
	struct Sleeper *next, *prev;	// in the ring for object
	uint32_t runs;			// env_runs when it went to sleep
};
extern struct Sleeper sleepers[NENV];

static inline struct Sleeper *
sleeper_of(const struct Env *e)
{
	return &sleepers[ENVX(e->env_id)];
}

// Has e gone to sleep and not run since?
static inline bool
is_asleep(const struct Env *e)
{
	const struct Sleeper *s = sleeper_of(e);

	return s->object && s->runs == e->env_runs;
}

// Does e sleep on a device?  Then it is ENV_RUNNABLE nevertheless.
static inline bool
sleeps_on_device(const struct Env *e)
{
	const void *object = sleeper_of(e)->object;

	return object && (object == &console_input
		|| object == &disk_interrupt) && is_asleep(e);
}

// Put e to sleep until wakeup(object).
void sleep_on(struct Env *e, const void *object);

void wakeup(const void *object);	// wake all that sleep on object
void wakeup_env(struct Env *e);		// make e ready, asleep or not

// Wake the readers of the console if there is input: called after each
// interrupt of a CPU that was idle, and by the boot CPU at each tick.
// kern/console.c, which all of the kernel calls to print, calls no scheduling
// code itself.
static inline void
wakeup_readers(void)
{
	if (cons_input_came())
		wakeup(&console_input);
}

// Returns the environment that has slept on object longest, or NULL.
struct Env *first_sleeper(const void *object);

// Take e off the object that it sleeps on, if any.  The caller sets env_status.
void sleep_leave(struct Sleeper *s);
static inline void
sleep_cancel(const struct Env *e)
{
	struct Sleeper *s = sleeper_of(e);

	if (s->object)
		sleep_leave(s);
}

// For kern/debug/audit.c
#define LOG2NRINGS	6
extern struct Sleeper sleep_rings[1 << LOG2NRINGS];
struct Sleeper *sleep_ring_of(const void *object);
extern int page_sleepers;		// sleepers whose object is a page

#endif // JOS_KERN_SLEEP_H
