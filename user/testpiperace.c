// user/testpiperace.c - while the parent duplicates one end of a pipe again
// and again, the child never sees the pipe closed.
//
// A descriptor and its data are two pages, mapped one after the other: at no
// moment may there be as many descriptors to read from as pipes in use.

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

	// Done.  Stay, with the descriptor open, until the parent has counted.
	ipc_recv(NULL, NULL, NULL);
	exit();
}

// The child is still looping.  On several CPUs it is runnable one moment and
// running the next: only its end, or its wait for us, are signs to go by.
static bool
is_looping(envid_t id)
{
	const volatile struct Env *e = &envs[ENVX(id)];

	return e->env_id == id && e->env_status != ENV_FREE
		&& e->env_status != ENV_DYING && !e->env_ipc_recving;
}

// How many mappings the pipe behind fd has.
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

	// Our two ends, the duplicate, and the child's if it is still there
	if (pipe_users(ends[0]) != 3 + 1) {
		cprintf("child detected race\n");
		return;
	}
	ipc_send(child, 0, NULL, 0);
	cprintf("race didn't happen\n");
}
