// user/check/keys.c - looks at the interrupts of the keyboard and the serial
// line, on which the grader types when this program says so.
//
// An interrupt must neither end the program that runs nor be lost: one that is
// not answered by reading the device is the last.  A read looks at the devices
// itself, so the interrupt matters where the reader sleeps and another program
// runs, one that makes no system call.

#include <inc/lib.h>
#include <inc/x86.h>

#include <user/check/check.h>

#define SPIN		100000
#define YIELDS		20	// until a reader that never sleeps has begun

// Read what is typed, up to a newline, while this program runs all the time.
static const char *
read_running(void)
{
	static char text[16];
	size_t n = 0;
	int c;

	do {
		for (volatile int i = 0; i < SPIN; i++)
			;
		while ((c = sys_cgetc()) > 0 && c != '\n' && c != '\r')
			if (n < sizeof(text) - 1)
				text[n++] = c;
	} while (c <= 0);
	text[n] = '\0';
	return text;
}

// Read a line while a child runs all the time.  When this program sleeps, or
// reads without sleep, the child asks for the line.
static const char *
read_sleeping(const char *device)
{
	const envid_t me = thisenv->env_id;
	const envid_t child = fork();

	if (child < 0)
		panic("fork: %e", child);
	if (child == 0) {
		for (int i = 0; i < YIELDS && envs[ENVX(me)].env_status
				!= ENV_NOT_RUNNABLE; i++)
			sys_yield();
		cprintf("\ntype wait on the %s\n", device);
		for (;;)
			;
	}
	const char *line = readline("");

	sys_env_destroy(child);
	return line;
}

static void
expect_typed(const char *device, const char *got, const char *want)
{
	cprintf("\n");			// what was typed may be on this line
	expect(got && strcmp(got, want) == 0, "%s was typed on the %s, the "
		"program got %s", want, device, got ? got : "nothing");
}

void
umain(int argc, char **argv)
{
	static const char *const devices[] = { "serial line", "keyboard" };
	int r;

	USED(argc);
	USED(argv);
	look_at("trap_dispatch", "lab 5, exercise 9; kern/trap.c");
	if ((r = opencons()) != 0)
		panic("opencons: %e", r);
	for (int i = 0; i < 2; i++) {
		cprintf("\ntype run on the %s\n", devices[i]);
		expect_typed(devices[i], read_running(), "run");
		for (int j = 0; j < 2; j++)
			expect_typed(devices[i], read_sleeping(devices[i]),
				"wait");
	}
	look_no_more();
}
