// user/stresssched.c - many environments on all CPUs; none may ever run on
// two of them at once, and each must get its turn.
//
// Each counts in its own memory.  Were it to run twice at the same time, two
// increments would sometimes count as one.  And each yields until all others
// have run: round robin comes to them soon, however many CPUs there are.

#include <inc/lib.h>

#define CHILDREN	20
#define ROUNDS		10
#define STEPS		10000
#define YIELDS		1000

static volatile int counter;

static void
count(void)
{
	for (int round = 0; round < ROUNDS; round++) {
		sys_yield();
		for (int step = 0; step < STEPS; step++)
			counter++;
	}
	if (counter != ROUNDS * STEPS)
		panic("ran on two CPUs at once (counter is %d)", counter);
	cprintf("[%08x] stresssched on CPU %d\n",
		thisenv->env_id, thisenv->env_cpunum);
}

// Has each child of that parent run that there still is?
static bool
all_have_run(envid_t parent)
{
	for (const volatile struct Env *e = envs; e < envs + NENV; e++)
		if (e->env_parent_id == parent && e->env_runs == 0
		    && e->env_status != ENV_FREE)
			return false;
	return true;
}

static void
wait_for_all(envid_t parent)
{
	int yields = 0;

	while (!all_have_run(parent)) {
		if (++yields > YIELDS)
			panic("some environment never had its turn");
		sys_yield();
	}
}

void
umain(int argc, char **argv)
{
	const envid_t parent = sys_getenvid();
	const volatile struct Env *p = &envs[ENVX(parent)];

	USED(argc), USED(argv);

	for (int i = 0; i < CHILDREN; i++) {
		envid_t child = fork();

		if (child < 0)
			panic("fork: %e", child);
		if (child == 0) {
			// Start together, when all are there.  Not by
			// yielding: the parent needs the kernel.
			while (p->env_id == parent
			    && p->env_status != ENV_FREE)
				__asm__ volatile("pause");
			wait_for_all(parent);
			count();
			return;
		}
	}
}
