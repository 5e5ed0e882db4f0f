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
// whether the turn is over, is answered here.  A search looks at each slot of
// envs[] in use: there are few, and env_status is written in too many places to
// keep a queue of the ready ones in order.
//
// Entry points: in place of sched_yield, sched_next, sched_handoff and
// sched_turn_is_over; and two system calls.  Under the kernel lock.

#include <inc/error.h>
#include <inc/trap.h>

#include <ext/calls.h>
#include <ext/priority/priority.h>

#include <kern/cpu.h>
#include <kern/env.h>
#include <kern/ext.h>
#include <kern/sched.h>
#include <kern/sleep.h>

// What struct Env has no room for, by slot of envs[]
static struct Rank {
	envid_t env;			// that this is about
	int priority;
	uint64_t turn;			// the number of its last turn
} ranks[NENV];

static uint64_t turns;			// so many were given

// ---------------------------------------------------------------- priorities

// A new environment has its parent's priority, and a place behind those that
// have had no turn yet.
static void
set_first_rank(const struct Env *e, struct Rank *r)
{
	const struct Rank *parent = &ranks[ENVX(e->env_parent_id)];

	r->env = e->env_id;
	r->priority = e->env_parent_id && parent->env == e->env_parent_id
		? parent->priority : PRIORITY_MAX;
	r->turn = ++turns;
}

// The search at the end of each trap calls this for all environments, so nobody
// can have changed the parent's priority before this is first called for one.
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

// Of those that could run here now, or go on, the one with the highest priority,
// other than `except`; NULL if there is none.  Among equals, that is
// `favourite`, or the one whose last turn is longest ago.
static struct Env *
choose(const struct Env *favourite, const struct Env *except)
{
	const struct Env *const me = curenv, *const end = env_end();
	struct Env *best = NULL;
	int highest = PRIORITY_MIN;

	for (struct Env *e = envs; e < end; e++) {
		const int priority = priority_of(e);

		if (e->env_status != (e == me ? ENV_RUNNING : ENV_RUNNABLE)
		    || priority < highest || e == except
		    || (e != me && sleeps_on_device(e)))
			continue;
		if (!best || priority > highest || e == favourite
		    || (best != favourite
			&& rank_of(e)->turn < rank_of(best)->turn)) {
			best = e;
			highest = priority;
		}
	}
	return best;
}

// This CPU is about to run e.  If somebody else who could run is above what
// another CPU runs, have the CPU with the lowest priority make its choice again;
// it does the same in turn.
static void
preempt_others(const struct Env *e)
{
	struct Env *next = ncpu > 1 ? choose(NULL, e) : NULL;
	int lowest = PRIORITY_SERVER + 1, cpu = 0;

	if (!next)
		return;
	if (cpus_idle) {
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
	if (priority_of(next) > lowest)
		lapic_ipi_to(cpu, IRQ_OFFSET + IRQ_WAKE);
}

static void __attribute__((noreturn))
run_best(const struct Env *favourite)
{
	struct Env *e = choose(favourite, NULL);

	if (!e)
		sched_halt();
	rank_of(e)->turn = ++turns;
	preempt_others(e);
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
	struct Env **woken = &next_to_run[cpunum()], *e = *woken;

	*woken = NULL;
	run_best(e);
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
	if (choose(curenv, NULL) != curenv)
		return true;
	preempt_others(curenv);
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
	rank_of(e)->priority = priority;
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
	deferred_work_set(WORK_TRACE, true);	// for all traps
}

EXTENSION(priority, .boot = priority_boot, .syscall = priority_syscall);
