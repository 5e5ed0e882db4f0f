// ext/priority/priority.c - scheduling by fixed priority.
//
// Of the environments that could run, those with the highest priorities do: on k
// CPUs, the k highest.  Those of equal priority take turns.  A new environment
// has its parent's priority.  A low one can wait for ever while higher ones run;
// only the file server has a priority that no program can reach.
//
// The choice is made anew at the end of each trap, not only at ticks: a trap may
// have woken somebody, or changed a priority.  So every trap takes the way of
// deferred work (handle_slow in kern/trap.c), whose last step, the question
// whether the turn is over, is answered here.  The answer takes the same time
// however many are ready, as they wait in queues (queue.h).
//
// Entry points: in place of sched_yield, sched_next, sched_handoff and
// sched_turn_is_over; and two system calls.  Under the kernel lock.

#include <inc/error.h>
#include <inc/trap.h>

#include <ext/calls.h>
#include <ext/priority/priority.h>
#include <ext/priority/queue.h>
#include <ext/ready/ready.h>

#include <kern/cpu.h>
#include <kern/env.h>
#include <kern/ext.h>
#include <kern/sched.h>
#include <kern/sleep.h>

// What struct Env has no room for, by slot of envs[]
static struct Rank {
	envid_t env;			// that this is about
	int priority;
} ranks[NENV];

static struct Queues ready;

// ---------------------------------------------------------------- priorities

// A new environment has its parent's priority.  The slot may still be queued for
// one that has ended.
static void
set_first_rank(const struct Env *e, struct Rank *r)
{
	const struct Rank *parent = &ranks[ENVX(e->env_parent_id)];

	if (is_queued(&ready, e - envs))
		queue_remove(&ready, e - envs);
	r->env = e->env_id;
	r->priority = e->env_parent_id && parent->env == e->env_parent_id
		? parent->priority : PRIORITY_MAX;
}

ALWAYS_INLINE struct Rank *
rank_of(const struct Env *e)
{
	struct Rank *r = &ranks[e - envs];

	if (r->env != e->env_id)
		set_first_rank(e, r);
	return r;
}

ALWAYS_INLINE int
priority_of(const struct Env *e)
{
	const struct Rank *r = rank_of(e);

	return e->env_type == ENV_TYPE_FS ? PRIORITY_SERVER : r->priority;
}

// -------------------------------------------------------------------- choice

// Put e in the queue of its priority.  Returns false if it was there already.
static bool
add(struct Env *e)
{
	const int priority = priority_of(e);

	if (is_queued(&ready, e - envs))
		return false;
	queue_add(&ready, e - envs, priority);
	return true;
}

// The highest priority of those that wait for a CPU; -1 if there is nobody.
// Drops those that were stopped, or ended, when they come to the front.
static int
highest_ready(void)
{
	int priority;

	while ((priority = queue_highest(&ready)) >= 0) {
		const int slot = queue_first(&ready, priority);

		if (is_ready(&envs[slot]))
			break;
		queue_remove(&ready, slot);
	}
	return priority;
}

// This CPU is about to run e.  If somebody who waits is above what another CPU
// runs, have the CPU with the lowest priority make its choice again; it does the
// same in turn.
static void
preempt_others(void)
{
	const int next = ncpu > 1 ? highest_ready() : -1;
	int lowest = PRIORITY_SERVER + 1, cpu = 0;

	if (next < 0)
		return;
	if (ready_idle_cpus()) {
		wakeups = MAX(wakeups, 1u);	// see unlock_kernel
		return;
	}
	for (int i = 0; i < ncpu; i++) {
		const struct Env *other = cpus[i].cpu_env;

		if (i == cpunum())
			continue;
		if (!other)		// it is on its way to a choice
			return;
		if (priority_of(other) < lowest) {
			lowest = priority_of(other);
			cpu = i;
		}
	}
	if (next > lowest)
		lapic_ipi_to(cpu, IRQ_OFFSET + IRQ_WAKE);
}

// Take the one that is to run out of the queue of this priority: the favourite,
// if it is there, or the first.
static struct Env *
take_out(int priority, struct Env *favourite)
{
	struct Env *e = &envs[queue_first(&ready, priority)];

	if (favourite && is_queued(&ready, favourite - envs)
	    && is_ready(favourite) && priority_of(favourite) == priority)
		e = favourite;
	queue_remove(&ready, e - envs);
	return e;
}

// Run the one with the highest priority; among equals, `favourite' or the one
// that has waited longest.
static void __attribute__((noreturn))
run_best(struct Env *favourite)
{
	struct Env *me = curenv;

	ready_look();
	if (me && me->env_status == ENV_RUNNING) {
		me->env_status = ENV_RUNNABLE;
		add(me);
	}

	const int highest = highest_ready();

	if (highest < 0)
		sched_halt();

	struct Env *e = take_out(highest, favourite);

	preempt_others();
	env_run(e);
}

// ---------------------------------------------- in place of kern/sched.c's

static void __attribute__((noreturn))
yield(void)
{
	run_best(NULL);
}

static void __attribute__((noreturn))
next(void)
{
	run_best(ready_take_receiver());
}

// Was there a tick that had to be deferred?
static bool
take_tick(void)
{
	if (!ipi_take(IPI_TICK))
		return false;
	deferred_ticks[cpunum()].taken++;
	if (thiscpu == bootcpu)
		sched_tick();
	return true;
}

static void __attribute__((noreturn))
handoff(struct Env *e)
{
	e->env_status = ENV_RUNNABLE;
	add(e);
	run_best(take_tick() ? NULL : e);
}

// At the end of each trap: is it not curenv that should go on?
static bool
turn_is_over(void)
{
	if (take_tick())
		return true;
	if (!curenv || curenv->env_status != ENV_RUNNING)
		return false;		// somebody else will run anyway
	ready_receiver();

	const int mine = priority_of(curenv);

	if (queue_highest(&ready) > mine && highest_ready() > mine)
		return true;
	preempt_others();
	return false;
}

// -------------------------------------------------------------- system calls

static int
env_set_priority(envid_t envid, int priority)
{
	struct Env *e = env_of(envid, true);

	if (!e)
		return -E_BAD_ENV;
	if (priority < PRIORITY_MIN || priority > rank_of(curenv)->priority)
		return -E_INVAL;

	// Children that nobody has looked at inherit the priority until now.
	for (const struct Env *child = envs; child < env_end(); child++)
		if (child->env_parent_id == e->env_id)
			rank_of(child);

	rank_of(e)->priority = priority;
	if (is_queued(&ready, e - envs)) {
		queue_remove(&ready, e - envs);
		add(e);
	}
	return 0;
}

static int
env_get_priority(envid_t envid)
{
	const struct Env *e = env_of(envid, false);

	return e ? priority_of(e) : -E_BAD_ENV;
}

static bool
priority_syscall(uint32_t number, uint32_t a1, uint32_t a2, uint32_t a3,
	uint32_t a4, uint32_t a5, int32_t *result)
{
	(void) a3, (void) a4, (void) a5;

	if (number == SYS_env_set_priority)
		*result = env_set_priority(a1, a2);
	else if (number == SYS_env_get_priority)
		*result = env_get_priority(a1);
	else
		return false;
	return true;
}

static void
priority_boot(void)
{
	ext_replace(sched_yield, yield);
	ext_replace(sched_next, next);
	ext_replace(sched_handoff, handoff);
	ext_replace(sched_turn_is_over, turn_is_over);
	ready_watch(add);
	deferred_work_set(WORK_TRACE, true);	// for all traps
}

EXTENSION(priority, .boot = priority_boot, .syscall = priority_syscall);
