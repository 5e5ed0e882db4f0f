// kern/sched.h - which environment runs next (kern/sched.c).

#ifndef JOS_KERN_SCHED_H
#define JOS_KERN_SCHED_H

#include <inc/env.h>

#include <kern/cpu.h>

// Run the next environment, or wait for one.  Needs the kernel lock.
void sched_yield(void) __attribute__((noreturn));
void sched_halt(void) __attribute__((noreturn));

// Run e in place of curenv, whose system call returns what is in env_tf.  If
// the turn of curenv is over, the next environment in the circle runs instead.
void sched_handoff(struct Env *e) __attribute__((noreturn));

// At the end of a trap: did a tick come that had to wait (IPI_TICK)?
bool sched_turn_is_over(void);

// curenv does not go on: run the environment that sched_wake_receiver woke, or
// the next one in the circle.
void sched_next(void) __attribute__((noreturn));

// Make e ready to run, which slept until there was a message and for nothing
// else: it runs next here, where the message is in the cache, if curenv sleeps
// before another CPU runs e (sched_next).
extern struct Env *next_to_run[NCPU];
static inline void
sched_wake_receiver(struct Env *e)
{
	e->env_status = ENV_RUNNABLE;
	wakeups++;
	next_to_run[cpunum()] = e;
}

// The boot CPU's clock ticked: let idle CPUs look for work.
void sched_tick(void);

// This CPU was idle, and an interrupt came.
void sched_leave_idle(void);

// How long the boot CPU was idle, by its time stamp counter.
extern uint64_t sched_idle_time;

#endif // JOS_KERN_SCHED_H
