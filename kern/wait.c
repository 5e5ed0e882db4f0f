// kern/wait.c - environments that sleep until something happens.
//
// A sleeping environment is ENV_NOT_RUNNABLE, and here it says what it waits
// for, or in kern/queue.c, kern/irqwait.c or kern/pagewait.c.  Being woken is
// no promise: who sleeps looks again and, if it has to, sleeps again.
//
// Who waits for a device stays ENV_RUNNABLE, without a mark: so it counts for
// whoever asks whether anything will ever run again, as the labs' sched_halt
// does.  The labs' sched_yield, which knows of no marks, lets it run, and look
// again, whenever nobody else can.  It waits as long as it does not run.
//
// Entry points: wait_for_console, wait_for_env, wait_for_device; wake_console,
// wake_env_waiters; wait_forget; is_waiting, waits_for_device,
// wait_is_consistent.  Under the kernel lock.

#include <inc/env.h>

#include <kern/console.h>
#include <kern/env.h>
#include <kern/irqwait.h>
#include <kern/pagewait.h>
#include <kern/queue.h>
#include <kern/sched.h>
#include <kern/wait.h>

#define FOR_NOTHING	0		// no environment has this id
#define FOR_CONSOLE	-1		// nor this one

// What slot i waits for: one of the above, or the end of an environment
static envid_t waits_for[NENV];

static uint32_t runs[NENV];		// of who waits for a device: how often
					// it had run when it began to
static int console_waiters;
static int env_waiters[NENV];		// for the end of the one in that slot

static int *
waiters(envid_t what)
{
	return what == FOR_CONSOLE ? &console_waiters
		: &env_waiters[ENVX(what)];
}

static void
wait_for(struct Env *e, envid_t what)
{
	wait_forget(e);
	waits_for[ENVX(e->env_id)] = what;
	++*waiters(what);
	e->env_status = ENV_NOT_RUNNABLE;
}

// e waits no more for what waits_for says.
static void
end_wait(const struct Env *e)
{
	envid_t *what = &waits_for[ENVX(e->env_id)];

	if (*what == FOR_NOTHING)
		return;
	--*waiters(*what);
	*what = FOR_NOTHING;
}

// Looks no further than the last of them.
static void
wake_all(envid_t what)
{
	for (int i = 0; i < NENV && *waiters(what) > 0; i++)
		if (waits_for[i] != what)
			continue;
		else if (what == FOR_CONSOLE && !waits_for_device(&envs[i]))
			end_wait(&envs[i]);	// it has run since
		else
			sched_wake(&envs[i]);
}

void
wait_for_device(struct Env *e)
{
	runs[ENVX(e->env_id)] = e->env_runs;
	e->env_status = ENV_RUNNABLE;
	sched_unmark(e);
}

bool
waits_for_device(const struct Env *e)
{
	const int slot = ENVX(e->env_id);

	return (waits_for[slot] == FOR_CONSOLE || irqwait_is_for(e))
		&& e->env_status == ENV_RUNNABLE && e->env_runs == runs[slot];
}

void
wait_for_console(struct Env *e)
{
	cons_wake = wake_console;
	wait_for(e, FOR_CONSOLE);
	wait_for_device(e);
}

void
wait_for_env(struct Env *e, envid_t other)
{
	wait_for(e, other);
}

void
wake_console(void)
{
	wake_all(FOR_CONSOLE);
}

void
wake_env_waiters(envid_t gone)
{
	wake_all(gone);
}

void
wait_forget(struct Env *e)
{
	queue_leave(e);
	irqwait_forget(e);
	pagewait_forget(e);
	end_wait(e);
}

bool
is_waiting(const struct Env *e)
{
	return waits_for[ENVX(e->env_id)] > 0 || waits_for_device(e)
		|| is_queued(e) || is_waiting_for_page(e);
}

// Who waits sleeps, for something that can still happen, and is counted once.
bool
wait_is_consistent(void)
{
	int waiting = 0, counted = console_waiters;

	for (int i = 0; i < NENV; i++) {
		const envid_t what = waits_for[i];

		counted += env_waiters[i];
		if (what == FOR_NOTHING)
			continue;
		waiting++;
		if (*waiters(what) <= 0)
			return false;
		if (what == FOR_CONSOLE)
			continue;	// or it has run since
		if (envs[i].env_status != ENV_NOT_RUNNABLE)
			return false;

		const struct Env *other = &envs[ENVX(what)];

		if (other->env_id != what || other->env_status == ENV_FREE)
			return false;
	}
	return waiting == counted;
}
