// user/testcputs.c - one sys_cputs of much text prints all of it, once.
//
// The kernel prints a long text in parts.  conf/programs.pm looks at the
// lines.

#include <inc/lib.h>

#define LINES		1000
#define LINESIZE	9		// "line 123\n"

static char text[LINES * LINESIZE + 1];

void
umain(int argc, char **argv)
{
	envid_t fs = ipc_find_env(ENV_TYPE_FS);

	USED(argc), USED(argv);

	// It prints as well, while it starts
	while (fs && !envs[ENVX(fs)].env_ipc_recving)
		sys_yield();
	for (int i = 0; i < LINES; i++)
		snprintf(text + i * LINESIZE, LINESIZE + 1, "line %03d\n", i);
	sys_cputs(text, LINES * LINESIZE);
	cprintf("testcputs ok\n");
}
