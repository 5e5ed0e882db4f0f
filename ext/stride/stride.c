// ext/stride/stride.c - stride scheduling: time in proportion to shares.
//
// Each environment has a pass, which advances by the time that it uses, divided
// by its share.  The ready environment with the lowest pass runs next.  So where
// all are always ready, their passes stay close together, and the time of each
// is in proportion to its share.  On k CPUs, nobody can have more than one of
// them, whatever its share.
//
// One that wakes up gets no credit for its sleep: its pass is raised to that of
// the last one chosen.  A handoff runs the receiver only if nobody's pass is
// lower, and two that hand a CPU to and fro are charged like others.
//
// The search looks at each slot of envs[] in use, as that of round robin does.
//
// Entry points: in place of sched_yield, sched_next and sched_handoff; and two
// system calls.  Under the kernel lock.

#include <inc/error.h>
#include <inc/stdio.h>
#include <inc/x86.h>

#include <ext/calls.h>
#include <ext/stride/stride.h>

#include <kern/cpu.h>
#include <kern/env.h>
#include <kern/ext.h>
#include <kern/sched.h>
#include <kern/sleep.h>

#define TIME_SHIFT	10		// sys_env_get_time leaves these out
#define TURN_TIME	1000000		// for a turn, if there is no counter

// What struct Env has no room for, by slot of envs[]
static struct Account {
	envid_t env;			// that this is about
	uint32_t share;
	uint64_t pass;
	uint64_t time;			// that it has used
	bool slept;			// since it was last chosen
} accounts[NENV];

static uint64_t last_pass;		// of the last one chosen

// Whom a CPU runs, and since when
static struct Turn {
	envid_t env;			// 0: nobody
	uint64_t start;
} turns[NCPU];

// ------------------------------------------------------------------ accounts

// The first look at a new environment gives it its parent's share.
static struct Account *
account_of(const struct Env *e)
{
	struct Account *a = &accounts[ENVX(e->env_id)];
	const struct Account *parent = &accounts[ENVX(e->env_parent_id)];

	if (a->env == e->env_id)
		return a;
	*a = (struct Account) { .env = e->env_id, .slept = true };
	if (e->env_type == ENV_TYPE_FS)
		a->share = SHARE_MAX;	// it works for all others
	else if (e->env_parent_id && parent->env == e->env_parent_id)
		a->share = parent->share;
	else
		a->share = SHARE_DEFAULT;
	return a;
}

static uint64_t
now(void)
{
	static uint64_t turns_given;

	return cpu_has_tsc ? read_tsc() : TURN_TIME * ++turns_given;
}

// Charge the environment that this CPU ran for its turn until now.
static void
end_turn(void)
{
	struct Turn *turn = &turns[cpunum()];
	struct Account *a = &accounts[ENVX(turn->env)];
	const uint64_t time = now(), used = time - turn->start;

	if (turn->env && a->env == turn->env) {
		const struct Env *e = &envs[ENVX(turn->env)];

		a->slept = e->env_status == ENV_NOT_RUNNABLE
			|| sleeps_on_device(e);
		a->time += used;
		a->pass += used * SHARE_MAX / a->share;
	}
	turn->env = 0;
	turn->start = time;
}

// -------------------------------------------------------------------- choice

// May e run here now, or go on?
static bool
is_candidate(const struct Env *e)
{
	if (e == curenv)
		return e->env_status == ENV_RUNNING;
	return e->env_status == ENV_RUNNABLE && !sleeps_on_device(e);
}

// Run the candidate with the lowest pass; `favourite' among equals.
static void __attribute__((noreturn))
run_lowest(const struct Env *favourite)
{
	const struct Env *end = env_end();
	struct Account *lowest = NULL;
	struct Env *best = NULL;

	end_turn();
	for (struct Env *e = envs; e < end; e++) {
		struct Account *a = account_of(e);

		if (!is_candidate(e))
			continue;
		if (a->slept)
			a->pass = MAX(a->pass, last_pass);
		a->slept = false;
		if (!best || a->pass < lowest->pass
		    || (a->pass == lowest->pass && e == favourite)) {
			best = e;
			lowest = a;
		}
	}
	if (!best)
		sched_halt();
	last_pass = lowest->pass;
	turns[cpunum()].env = best->env_id;
	env_run(best);
}

// ---------------------------------------------- in place of kern/sched.c's

static void __attribute__((noreturn))
yield(void)
{
	run_lowest(NULL);
}

static void __attribute__((noreturn))
next(void)
{
	struct Env **woken = &next_to_run[cpunum()], *e = *woken;

	*woken = NULL;
	run_lowest(e);
}

static void __attribute__((noreturn))
handoff(struct Env *e)
{
	e->env_status = ENV_RUNNABLE;
	wakeups++;
	run_lowest(sched_turn_is_over() ? NULL : e);
}

// -------------------------------------------------------------- system calls

static int
env_set_share(envid_t envid, uint32_t share)
{
	struct Env *e = env_of(envid, true);

	if (!e)
		return -E_BAD_ENV;
	if (share == 0 || share > account_of(curenv)->share)
		return -E_INVAL;

	// Children that nobody has looked at inherit the share until now.
	for (const struct Env *child = envs; child < env_end(); child++)
		account_of(child);
	account_of(e)->share = share;
	return 0;
}

static int
env_get_time(envid_t envid)
{
	const struct Env *e = env_of(envid, false);

	return e ? (int) (account_of(e)->time >> TIME_SHIFT & 0x7FFFFFFF)
		: -E_BAD_ENV;
}

static bool
stride_syscall(uint32_t number, uint32_t a1, uint32_t a2, uint32_t a3,
	uint32_t a4, uint32_t a5, int32_t *result)
{
	(void) a3, (void) a4, (void) a5;

	if (number == SYS_env_set_share)
		*result = env_set_share(a1, a2);
	else if (number == SYS_env_get_time)
		*result = env_get_time(a1);
	else
		return false;
	return true;
}

static void
stride_boot(void)
{
	if (ext_on("priority")) {
		cprintf("stride is off: there is one scheduler, priority\n");
		return;
	}
	ext_replace(sched_yield, yield);
	ext_replace(sched_next, next);
	ext_replace(sched_handoff, handoff);
}

EXTENSION(stride, .boot = stride_boot, .syscall = stride_syscall);
