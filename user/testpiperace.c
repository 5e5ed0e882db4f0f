// user/testpiperace.c - while the parent duplicates one end of a pipe again
// and again, the child never sees the pipe closed.
//
// A descriptor and its data page are mapped one after the other.  At no moment
// may the data page have only as many mappings as the end for reading, or the
// pipe appears closed (lib/pipe.c).

#include <inc/lib.h>

#define LOOKS	200

static void
child_loop(int fd)
{
	for (int i = 0; i < LOOKS; i++) {
		if (pipeisclosed(fd)) {
			cprintf("RACE: pipe appears closed\n");
			exit();
		}
		sys_yield();
	}

	// Keep the descriptor open until the parent has counted.
	ipc_recv(NULL, NULL, NULL);
	exit();
}

// Is the child still in child_loop's loop?  Not if it has ended, or waits for
// the parent's message.  (ENV_RUNNABLE alone would not do: on several CPUs the
// child may also be ENV_RUNNING.)
static bool
is_looping(envid_t id)
{
	const volatile struct Env *e = &envs[ENVX(id)];

	return e->env_id == id && e->env_status != ENV_FREE
		&& e->env_status != ENV_DYING && !e->env_ipc_recving;
}

// How many mappings the data page of the pipe fd has.
static int
pipe_users(int fd)
{
	struct Fd *desc;
	int r;

	if ((r = fd_lookup(fd, &desc)) < 0)
		panic("fd_lookup: %e", r);
	return pageref(fd2data(desc));
}

void
umain(int argc, char **argv)
{
	int ends[2], r;
	envid_t child;

	USED(argc), USED(argv);

	cprintf("testing for dup race...\n");
	if ((r = pipe(ends)) < 0)
		panic("pipe: %e", r);
	if ((child = fork()) < 0)
		panic("fork: %e", child);
	if (child == 0) {
		close(ends[1]);
		child_loop(ends[0]);
	}

	cprintf("pid is %d\n", child);
	cprintf("kid is %d\n", ENVX(child));
	do {
		if ((r = dup(ends[0], 10)) < 0)
			panic("dup: %e", r);
	} while (is_looping(child));

	cprintf("child done with loop\n");
	if (pipeisclosed(ends[0]))
		panic("somehow the other end of the pipe got closed");

	// The parent's two ends, the duplicate, and the child's end
	if (pipe_users(ends[0]) != 3 + 1) {
		cprintf("child detected race\n");
		return;
	}
	ipc_send(child, 0, NULL, 0);
	cprintf("race didn't happen\n");
}
