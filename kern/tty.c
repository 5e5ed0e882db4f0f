// kern/tty.c - the console as the terminal of programs: lines, and hot keys.
//
// A program that reads the console as a file gets lines (canonical mode).  A
// line is made when a program asks for one: until then the keys wait in the
// console's ring, and are echoed where they are read.
//
// ^C ends the foreground job: an environment that has called
// sys_cons_foreground and all its descendants since, such as the commands of a
// pipeline.
//
// Entry points: tty_getkey, tty_getline; foreground_set, foreground_inherit;
// tty_hotkeys.  Under the kernel lock.

#include <inc/error.h>
#include <inc/kbdreg.h>
#include <inc/stdio.h>
#include <inc/typed.h>

#include <kern/console.h>
#include <kern/cpu.h>
#include <kern/debug/audit.h>
#include <kern/env.h>
#include <kern/monitor.h>
#include <kern/tty.h>

// ------------------------------------------------------------------- lines

static struct Typed line;
static int line_taken;			// bytes of line that were read

static void
line_drop(void)
{
	line.len = line_taken = 0;
	cons_line_ready = false;
}

int
tty_getline(void)
{
	int c;

	while (!cons_line_ready) {
		if ((c = cons_getc()) == 0)
			return 0;
		cons_line_ready = typed_key(&line, c);
	}
	c = line.len > 0 ? (uint8_t) line.text[line_taken++] : -E_EOF;
	if (line_taken == line.len)
		line_drop();
	return c;
}

// The rest of a line that was read in part comes before new keys.
int
tty_getkey(void)
{
	if (!cons_line_ready) {
		line_drop();
		return cons_getc();
	}
	const int c = tty_getline();
	return c < 0x80 ? c : c | KEY_TEXT;
}

// ---------------------------------------------------------- the foreground

// How many environments foreground_end ends at a time.  The next trap ends
// more, so that no CPU waits long for the lock.
#define ENDS		4

// The job of the last environment in each slot that has one
static struct {
	envid_t env;
	uint32_t job;
} member[NENV];

static uint32_t last_job;
static uint32_t foreground;		// a job, or 0

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

void
foreground_set(struct Env *e, bool on)
{
	foreground = on ? ++last_job : 0;
	set_job(e->env_id, foreground);
}

void
foreground_inherit(const struct Env *parent, envid_t child)
{
	set_job(child, job_of(parent));
}

// Returns the first environment of the foreground job from e on, or NULL.
static struct Env *
next_member(struct Env *e)
{
	for (; e < envs + NENV; e++)
		if (e->env_status != ENV_FREE && e->env_status != ENV_DYING
		    && foreground && job_of(e) == foreground)
			return e;
	return NULL;
}

// End up to ENDS environments of the foreground job.  Returns whether there are
// more.
static bool
foreground_end(void)
{
	struct Env *e = next_member(envs);

	for (int n = 0; e && n < ENDS; n++, e = next_member(e + 1))
		if (e == curenv)
			e->env_status = ENV_DYING;
		else
			env_destroy(e);
	return e != NULL;
}

// ---------------------------------------------------------------- hot keys

void
tty_hotkeys(void)
{
	static bool ending;		// the foreground job
	const uint32_t keys = cons_hotkeys;

	if (!keys && !ending)
		return;
	cons_hotkeys = 0;
	if (keys & CONS_INTERRUPT && next_member(envs)) {
		cons_discard();
		line_drop();
		cprintf("^C\n");
		ending = true;
	}
	ending = ending && foreground_end();
	deferred_work_set(WORK_HOTKEYS, ending);
	if (keys & CONS_CHECK)
		audit(true);
	if (keys & CONS_MONITOR)
		monitor(NULL);
}
