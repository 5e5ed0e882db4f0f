// kern/sched.h - which environment runs next (kern/sched.c).

#ifndef JOS_KERN_SCHED_H
#define JOS_KERN_SCHED_H

#include <inc/env.h>

// Run the next environment, or wait for one.  Needs the kernel lock.
void sched_yield(void) __attribute__((noreturn));
void sched_halt(void) __attribute__((noreturn));

// The same; it is e, for which something came, and curenv sleeps.
void sched_handoff(struct Env *e) __attribute__((noreturn));

// Make e ready to run.
void sched_wake(struct Env *e);

// This CPU is about to leave the kernel: if it leaves work for which there is
// an idle CPU, wake that one.
void sched_share(void);

// The boot CPU's clock ticked: let idle CPUs look for work.
void sched_tick(void);

// To be done at that clock's next tick; NULL for nothing.  It may create
// environments, and sets this to NULL when it is through.
extern void (*sched_chore)(void);

// This CPU was idle, and is awake now.
void sched_awake(void);

// How long the boot CPU was idle, by its time stamp counter.
extern uint64_t sched_idle_time;

// Slot e is in use, so the scheduler must look at it from now on.
void sched_seen(struct Env *e);

#endif // JOS_KERN_SCHED_H
