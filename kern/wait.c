// kern/wait.c - environments that sleep until something happens.
//
// A sleeping environment is ENV_NOT_RUNNABLE, and here it says what it waits
// for, or in kern/queue.c, kern/irqwait.c or kern/pagewait.c.  Being woken is
// no promise: who sleeps looks again and, if it has to, sleeps again.
//
// Entry points: wait_for_console, wait_for_env; wake_console,
// wake_env_waiters; wait_forget; is_waiting, wait_any_device,
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

// Looks no further than the last of them.
static void
wake_all(envid_t what)
{
	for (int i = 0; i < NENV && *waiters(what) > 0; i++)
		if (waits_for[i] == what)
			sched_wake(&envs[i]);
}

void
wait_for_console(struct Env *e)
{
	cons_wake = wake_console;
	wait_for(e, FOR_CONSOLE);
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
	envid_t *what = &waits_for[ENVX(e->env_id)];

	queue_leave(e);
	irqwait_forget(e);
	pagewait_forget(e);
	if (*what == FOR_NOTHING)
		return;
	--*waiters(*what);
	*what = FOR_NOTHING;
}

bool
is_waiting(const struct Env *e)
{
	return waits_for[ENVX(e->env_id)] != FOR_NOTHING || is_queued(e)
		|| irqwait_is_asleep(e) || is_waiting_for_page(e);
}

bool
wait_any_device(void)
{
	return console_waiters > 0 || irqwait_any();
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
		if (envs[i].env_status != ENV_NOT_RUNNABLE)
			return false;
		if (what == FOR_CONSOLE)
			continue;

		const struct Env *other = &envs[ENVX(what)];

		if (other->env_id != what || other->env_status == ENV_FREE)
			return false;
	}
	return waiting == counted;
}
