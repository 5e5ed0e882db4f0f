// tests/user/testcputs.c - one sys_cputs of a long text prints all of it, once.
//
// The kernel prints a long text in slices.  tests/programs.pm checks the lines.

#include <inc/lib.h>

#define LINES		1000
#define COLUMNS		80		// of the screen
#define LINESIZE	9		// "line 123\n"

static char text[LINES * LINESIZE + 1];

// Characters that do not just fill the next cell of the screen, which
// tests/test-console checks
static void
odd_text(void)
{
	cprintf("a tab\tand\tseven\t1234567\t12345678\tmore\n");
	cprintf("wrung\bong\b\b\b\bright\n\b\n\b\bover the edge\n");
	cprintf("over\rwritten and\r\n");
	for (int width = COLUMNS - 1; width <= COLUMNS + 1; width++)
		cprintf("%0*d\n", width, width);
	cprintf("%0*d\b\b\tx\n", 2 * COLUMNS, 0);
	for (int c = 0x0E; c <= 0xFF; c++)
		sys_cputs((char *) &c, 1);
	cprintf("\a\v\f\n");
}

void
umain(int argc, char **argv)
{
	envid_t fs = ipc_find_env(ENV_TYPE_FS);

	USED(argc), USED(argv);

	// Wait for the file server, which prints while it starts
	while (fs && !envs[ENVX(fs)].env_ipc_recving)
		sys_yield();
	for (int i = 0; i < LINES; i++)
		snprintf(text + i * LINESIZE, LINESIZE + 1, "line %03d\n", i);
	sys_cputs(text, LINES * LINESIZE);
	odd_text();
	cprintf("testcputs ok\n");
}
