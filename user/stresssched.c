// user/stresssched.c - many environments on all CPUs: none may run on two CPUs
// at once, and each must get its turn.
//
// Each environment counts in its own memory.  If it ran on two CPUs at once,
// increments would get lost.  Before it counts, it yields until all others have
// run, which takes few turns under round robin, on any number of CPUs.

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

// Has each child of the parent run, or ended?
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
			// Start when all children exist.  Do not yield here:
			// the parent needs the kernel lock.
			while (p->env_id == parent
			    && p->env_status != ENV_FREE)
				__asm__ volatile("pause");
			wait_for_all(parent);
			count();
			return;
		}
	}
}
