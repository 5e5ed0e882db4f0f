// ext/shell/user/ps.c - prints a line for each environment: its id, its
// parent's, what it does, the CPU it runs on or ran on, how often it was
// started, and its program.

#include <ext/shell/envs.h>
#include <ext/shell/tool.h>

static const char *const states[] = {
	[ENV_DYING] = "dying",
	[ENV_RUNNABLE] = "ready",
	[ENV_RUNNING] = "runs",
	[ENV_NOT_RUNNABLE] = "waits",
};

void
umain(int argc, char **argv)
{
	struct Env e;
	char name[PROGNAME];

	USED(argc);
	USED(argv);
	printf("ID       PARENT   STATE CPU   RUNS PROGRAM\n");
	for (int i = 0; i < NENV; i++) {
		if (!env_at(i, &e) || e.env_status >= ARRAY_SIZE(states))
			continue;
		env_program(&e, name);
		printf("%08x %08x %-5s %3d %6d %s\n", e.env_id,
			e.env_parent_id, states[e.env_status], e.env_cpunum,
			e.env_runs, name);
	}
}
