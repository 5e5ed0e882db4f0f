// kern/sched.h - which environment runs next (kern/sched.c).

#ifndef JOS_KERN_SCHED_H
#define JOS_KERN_SCHED_H

#include <inc/env.h>

// Run the next environment, or wait for one.  Needs the kernel lock.
void sched_yield(void) __attribute__((noreturn));
void sched_halt(void) __attribute__((noreturn));

// e may be runnable from now on: the scheduler must see to it.
void sched_mark(const struct Env *e);

// e is ENV_RUNNABLE, but has nothing to do until somebody marks it.
void sched_unmark(const struct Env *e);

// This CPU is to run e next, for which something came.  The same trap must see
// to it that it does: it ends in sched_next, which looks for an heir first.
//
// An heir needs no mark, for it is the next to run here; and no other CPU is to
// be called because of it.
extern struct Env *sched_heir;		// or NULL
static inline void
sched_handoff(struct Env *e)
{
	if (sched_heir)
		sched_mark(sched_heir);
	e->env_status = ENV_RUNNABLE;
	sched_heir = e;
}
void sched_next(void) __attribute__((noreturn));

// Make e ready to run.
void sched_wake(struct Env *e);

// The same for one that slept until there was a message, and for nothing else.
void sched_wake_receiver(struct Env *e);

// Is anybody runnable that does not run?  A yes may be wrong.
extern uint32_t sched_marked_words;
static inline bool
sched_others(void)
{
	return sched_marked_words != 0;
}

// This CPU is about to leave the kernel: if it leaves work for which there is
// an idle CPU, wake that one.
extern uint32_t sched_idle_cpus;	// a bit each, unless called already
void sched_call_idle(void);
ALWAYS_INLINE void
sched_share(void)
{
	if (sched_idle_cpus && sched_others())
		sched_call_idle();
}

// The boot CPU's clock ticked: let idle CPUs look for work.
void sched_tick(void);

// To be done at that clock's next tick; NULL for nothing.  It may create
// environments, and sets this to NULL when it is through.
extern void (*sched_chore)(void);

// This CPU was idle, and is awake now.
void sched_awake(void);

// How long the boot CPU was idle, by its time stamp counter.
extern uint64_t sched_idle_time;

#endif // JOS_KERN_SCHED_H
