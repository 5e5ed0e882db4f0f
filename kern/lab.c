// kern/lab.c - the table of labs, and which lab this kernel runs.
//
// Entry points: lab_init, lab, debugging, debug_asked.

#include <inc/stdio.h>
#include <inc/string.h>
#include <inc/types.h>

#include <kern/cpu.h>
#include <kern/debug/widen.h>
#include <kern/dev/fwcfg.h>
#include <kern/firstenv.h>
#include <kern/lab.h>
#include <kern/spinlock.h>

static const struct Lab labs[] = {
	[1] = { .number = 1, .backtrace_test = true },
	[2] = { .number = 2, .memory = true },
	[3] = { .number = 3, .memory = true, .user = true,
		.trace_traps = true, .env_messages = true, .only_env = true,
		.stops_at_int3 = true, .replacements = true,
		.program = "user_hello" },
	[4] = { .number = 4, .memory = true, .user = true, .smp = true,
		.env_messages = true, .stops_at_int3 = true,
		.program = "user_primes" },
	[5] = { .number = 5, .memory = true, .user = true, .smp = true,
		.fs = true, .replacements = true,
		.program = "user_icode" },
};

const struct Lab *lab = &labs[1];
bool debugging;
bool debug_asked;

void
lab_init(void)
{
	const int last = ARRAY_SIZE(labs) - 1;
	int number = built_lab;
	char setting[8];

	if (fwcfg_string("opt/jos/lab", setting, sizeof(setting)) >= 0)
		number = strtol(setting, NULL, 10);
	if (number < 1 || number > last) {
		cprintf("There is no lab %d; this is lab %d.\n", number, last);
		number = last;
	}
	lab = &labs[number];
	deferred_work_set(WORK_TRACE, lab->trace_traps);
	debug_asked = fwcfg_string("opt/jos/debug", setting, sizeof(setting)) >= 0;
	spin_watched = debug_asked && strcmp(setting, "lock") == 0;
	widen_init();
	if (spin_watched || widened)
		spin_hook();
	debugging = lab->stops_at_int3 || (debug_asked && !spin_watched
		&& strcmp(setting, "check") != 0);
}
