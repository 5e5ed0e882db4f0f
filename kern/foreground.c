// kern/foreground.c - the program in the foreground, which ^C ends.
//
// A shell says which that is: an environment that calls sys_cons_foreground is
// from then on in the foreground, with all that it starts and those start in
// turn, as the commands of a pipeline.  Such a family is a job here, and has a
// number.
//
// Entry points: foreground_set, foreground_inherit, foreground_end.  Under the
// kernel lock.

#include <inc/env.h>

#include <kern/console.h>
#include <kern/cpu.h>
#include <kern/env.h>
#include <kern/foreground.h>

// What foreground_end ends at a time: the rest waits for the next trap, so that
// nobody waits long for the lock.
#define ENDS		4

// The job of the last environment in each slot that has one
static struct {
	envid_t env;
	uint32_t job;
} member[NENV];

static uint32_t last_job;
static uint32_t foreground;		// a job, or 0

bool foreground_interrupted;

static uint32_t
job_of(const struct Env *e)
{
	const int slot = ENVX(e->env_id);

	return member[slot].env == e->env_id ? member[slot].job : 0;
}

static void
set_job(envid_t env, uint32_t job)
{
	member[ENVX(env)].env = env;
	member[ENVX(env)].job = job;
}

// The next one in the foreground, from e on, or NULL.
static struct Env *
next_member(struct Env *e)
{
	for (; e < envs + NENV; e++)
		if (e->env_status != ENV_FREE && e->env_status != ENV_DYING
		    && foreground && job_of(e) == foreground)
			return e;
	return NULL;
}

static void
set_interrupted(bool on)
{
	foreground_interrupted = on;
	cpu_order_anyone(ANYONE_FOREGROUND, on);
}

// ^C was typed.  Returns whether it is for us.
static bool
interrupt(void)
{
	if (!next_member(envs))
		return false;
	set_interrupted(true);
	return true;
}

void
foreground_set(struct Env *e, bool on)
{
	cons_interrupt = interrupt;
	foreground = on ? ++last_job : 0;
	set_job(e->env_id, foreground);
}

void
foreground_inherit(const struct Env *parent, envid_t child)
{
	set_job(child, job_of(parent));
}

// curenv is left to who calls this, to be freed as one that another CPU ended.
void
foreground_end(void)
{
	struct Env *e = next_member(envs);

	for (int n = 0; e && n < ENDS; n++, e = next_member(e + 1))
		if (e == curenv)
			e->env_status = ENV_DYING;
		else
			env_destroy(e);
	if (!e)
		set_interrupted(false);
}
