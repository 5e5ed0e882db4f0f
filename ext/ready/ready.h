// ext/ready/ready.h - who became ready to run, for a scheduler that keeps the ready
// ones in an order of its own (ext/ready/ready.c).

#ifndef JOS_EXT_READY_H
#define JOS_EXT_READY_H

#include <inc/env.h>

#include <kern/cpu.h>
#include <kern/sleep.h>

// Could any CPU run e now?
ALWAYS_INLINE bool
is_ready(const struct Env *e)
{
	return e->env_status == ENV_RUNNABLE && !sleeps_on_device(e);
}

// For boot(): from now on, call add(e) when e became ready, or later, but before
// ready_look returns.  add returns whether e was new to it.
void ready_watch(bool (*add)(struct Env *e));

// To be called before each choice
void ready_look(void);

// The part of ready_look that is about this CPU's last sched_wake_receiver.  In
// between two of those in one trap, somebody has to call it.
void ready_receiver(void);

// For sched_next: the receiver that this CPU woke last, or NULL.
struct Env *ready_take_receiver(void);

// A bit for each CPU that is idle, as cpus_idle would be without ready_watch
#define READY_WATCH	(1u << 31)
ALWAYS_INLINE uint32_t
ready_idle_cpus(void)
{
	return cpus_idle & ~READY_WATCH;
}

#endif // JOS_EXT_READY_H
