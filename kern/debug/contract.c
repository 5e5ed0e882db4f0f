// kern/debug/contract.c - do functions keep their contracts?  For the graders'
// extra checks.
//
// The checks are in the files contract_*.c, one for each lab, and run in the
// monitor, when the boot is done.  A panic in the middle of one is caught.
//
// Entry points: mon_contracts (kern/monitor.h); for the checks look_at, expect
// and panic_of.

#include <inc/stdarg.h>
#include <inc/stdio.h>
#include <inc/string.h>

#include <kern/debug/contract.h>
#include <kern/lab.h>
#include <kern/monitor.h>
#include <kern/panic.h>

#define UNUSED __attribute__((unused))

#define ON_DEMAND	9		// only if asked for by name

static const struct {
	const char *what;
	int lab;			// the first that asks for it
	void (*check)(void);		// NULL in a tree of an earlier lab
} contracts[] = {
	{ "print", 1, contract_print },
	{ "symbols", 1, contract_symbols },
	{ "frames", ON_DEMAND, contract_frames },
	{ "boot", 2, contract_boot },
	{ "pages", 2, contract_pages },
	{ "tables", 2, contract_tables },
	{ "map", 2, contract_kernel_map },
	{ "envs", 3, contract_envs },
	{ "gates", 3, contract_gates },
	{ "usermem", 3, contract_usermem },
	{ "second", ON_DEMAND, contract_second },
	{ "mmio", 4, contract_mmio },
	{ "cpus", 4, contract_cpus },
	{ "irqs", 4, contract_irqs },
	{ "faults", 4, contract_faults },
};

static const char *at_function, *at_place;
static int looked_at;

void
look_at(const char *function, const char *place)
{
	at_function = function;
	at_place = place;
	cprintf("looking at: %s (%s)\n", function, place);
}

static void
wrong(const char *fmt, va_list ap)
{
	cprintf("wrong: %s: ", at_function);
	vcprintf(fmt, ap);
	cprintf(" (%s)\n", at_place);
}

void
expect(bool ok, const char *fmt, ...)
{
	va_list ap;

	looked_at++;
	if (ok)
		return;
	va_start(ap, fmt);
	wrong(fmt, ap);
	va_end(ap);
}

// -------------------------------------------------------- panics are caught

static void *resume[5];			// for __builtin_setjmp
static char message[160];		// of the last panic

static void
catch(const char *fmt, va_list ap)
{
	vsnprintf(message, sizeof(message), fmt, ap);
	__builtin_longjmp(resume, 1);
}

const char *
panic_of(void (*f)(void *arg), void *arg)
{
	void *outer[5];
	void (*const outer_hook)(const char *, va_list) = panic_hook;
	const char *volatile said = message;

	memcpy(outer, resume, sizeof(outer));
	panic_hook = catch;
	if (__builtin_setjmp(resume) == 0) {
		f(arg);
		said = NULL;
	}
	panic_hook = outer_hook;
	memcpy(resume, outer, sizeof(outer));
	return said;
}

// ---------------------------------------------------------------- the command

static void
run_check(void *check)
{
	((void (*)(void)) check)();
}

int
mon_contracts(int argc, char **argv, struct Trapframe *tf UNUSED)
{
	looked_at = 0;
	for (size_t i = 0; i < ARRAY_SIZE(contracts); i++) {
		bool asked = argc == 1 && contracts[i].lab <= lab->number;

		for (int n = 1; n < argc; n++)
			asked |= strcmp(argv[n], contracts[i].what) == 0;
		if (!asked || !contracts[i].check)
			continue;

		const char *said = panic_of(run_check, contracts[i].check);
		expect(said == NULL, "panics: %s", said);
	}
	cprintf("checked: %d\n", looked_at);
	return 0;
}
