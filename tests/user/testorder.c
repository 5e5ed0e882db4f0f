// tests/user/testorder.c - the scheduler runs environments in the order of
// envs[], in whatever order they became runnable.  For one CPU only: several
// CPUs would run them at the same time.

#include <inc/lib.h>

#include <tests/user/test.h>

#define ROUNDS		20
#define CHILDREN	4

static struct Log {
	volatile int n;			// how many have run
	volatile envid_t ran[CHILDREN];
} *log = (struct Log *) 0x10000000;

static envid_t
start_stopped(void)
{
	envid_t child = fork_or_panic();

	if (child == 0) {
		log->ran[log->n++] = thisenv->env_id;
		exit();
	}
	// The child may be running already, after a timer interrupt
	sys_env_set_status(child, ENV_NOT_RUNNABLE);
	return child;
}

// Make all children runnable.  Returns whether no timer interrupt came between,
// which would have let some run before the others were runnable.
static bool
wake_all(const envid_t child[])
{
	static const int order[CHILDREN] = { 2, 0, 3, 1 };
	const uint32_t runs = thisenv->env_runs;

	for (int i = 0; i < CHILDREN; i++)
		must("sys_env_set_status", sys_env_set_status(child[order[i]],
			ENV_RUNNABLE));
	return thisenv->env_runs == runs;
}

// How many slots after the parent's env has its own, round from the end of
// envs[] to its beginning.
static uint32_t
distance(envid_t env)
{
	return (ENVX(env) - ENVX(thisenv->env_id)) % NENV;
}

// Returns 1 if the children ran in order, 0 if not, -1 if a timer interrupt
// came between.
static int
test_order(void)
{
	envid_t child[CHILDREN];

	log->n = 0;
	for (int i = 0; i < CHILDREN; i++)
		child[i] = start_stopped();
	if (log->n > 0 || !wake_all(child)) {
		for (int i = 0; i < CHILDREN; i++)
			destroy_and_wait(child[i]);
		return -1;
	}
	for (int i = 0; i < CHILDREN; i++)
		wait(child[i]);
	for (int i = 1; i < CHILDREN; i++)
		if (distance(log->ran[i]) < distance(log->ran[i - 1]))
			return 0;
	return 1;
}

void
umain(int argc, char **argv)
{
	int done[2] = { 0, 0 };		// out of order, and in order

	USED(argc), USED(argv);

	must("sys_page_alloc", sys_page_alloc(0, log,
		PTE_P | PTE_U | PTE_W | PTE_SHARE));
	for (int tries = 0; done[0] + done[1] < ROUNDS; tries++) {
		int r = test_order();

		if (tries == 10 * ROUNDS)
			panic("the clock ticks all the time");
		if (r >= 0)
			done[r]++;
	}
	// A timer interrupt may also stop a child before it writes to the log,
	// so some rounds may be out of order
	if (done[0] > ROUNDS / 4)
		panic("%d of %d rounds out of order", done[0], ROUNDS);
	cprintf("testorder ok\n");
}
