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

// At the end of a trap: was a tick deferred (IPI_TICK), so that curenv must
// give up the CPU?
bool sched_turn_is_over(void);

// curenv is not to run: run the environment that sched_wake_receiver woke, or
// the next one in the circle.
void sched_next(void) __attribute__((noreturn));

// Make e ready to run, which was sleeping only to receive a message.  If curenv
// sleeps before another CPU runs e, sched_next runs e on this CPU, which has
// the message in its cache.
extern struct Env *next_to_run[NCPU];
static inline void
sched_wake_receiver(struct Env *e)
{
	e->env_status = ENV_RUNNABLE;
	wakeups++;
	next_to_run[cpunum()] = e;
}

// At each tick of the boot CPU: let idle CPUs look for work.
void sched_tick(void);

// This CPU was idle, and an interrupt came.
void sched_leave_idle(void);

// How long the boot CPU has been idle, in ticks of its time stamp counter
extern uint64_t sched_idle_time;

#endif // JOS_KERN_SCHED_H
