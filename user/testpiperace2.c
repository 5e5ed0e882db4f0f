// user/testpiperace2.c - while the child duplicates and closes one end of a
// pipe again and again, the parent never sees the pipe closed.
//
// pipeisclosed compares two counts, and the child may run between them:
// pipeisclosed has to notice that.

#include <inc/lib.h>

#define ROUNDS	200

static void
child_loop(int fd)
{
	int r;

	for (int i = 0; i < ROUNDS; i++) {
		if (i % 10 == 0)
			cprintf("%d.", i);
		if ((r = dup(fd, 10)) < 0)
			panic("dup: %e", r);
		sys_yield();
		close(10);
		sys_yield();
	}
}

// Has the child not ended yet?  (ENV_RUNNABLE alone would not do: on several
// CPUs the child may also be ENV_RUNNING.)
static bool
is_there(envid_t id)
{
	const volatile struct Env *e = &envs[ENVX(id)];

	return e->env_id == id && e->env_status != ENV_FREE;
}

void
umain(int argc, char **argv)
{
	int ends[2], r;
	envid_t child;

	USED(argc), USED(argv);

	cprintf("testing for pipeisclosed race...\n");
	if ((r = pipe(ends)) < 0)
		panic("pipe: %e", r);
	if ((child = fork()) < 0)
		panic("fork: %e", child);
	if (child == 0) {
		close(ends[1]);
		child_loop(ends[0]);
		exit();
	}

	while (is_there(child))
		if (pipeisclosed(ends[0]) != 0) {
			cprintf("\nRACE: pipe appears closed\n");
			sys_env_destroy(child);
			exit();
		}

	cprintf("child done with loop\n");
	if (pipeisclosed(ends[0]))
		panic("somehow the other end of the pipe got closed");
	cprintf("race didn't happen\n");
}
