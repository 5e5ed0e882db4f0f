// tests/user/test.h - what tests share: panic at what must not happen, and
// children.
//
// The programs that the labs hand out, as user/primes.c, stand alone.

#ifndef JOS_TESTS_USER_TEST_H
#define JOS_TESTS_USER_TEST_H

#include <inc/lib.h>

// For calls that are not what is tested.
static inline void
must(const char *what, int r)
{
	if (r < 0)
		panic("%s: %e", what, r);
}

static inline envid_t
fork_or_panic(void)
{
	envid_t child = fork();

	if (child < 0)
		panic("fork: %e", child);
	return child;
}

static inline bool
is_gone(envid_t id)
{
	const volatile struct Env *e = &envs[ENVX(id)];

	return e->env_id != id || e->env_status == ENV_FREE;
}

// How many more environments there can be.
static inline int
free_envs(void)
{
	int n = 0;

	for (int i = 0; i < NENV; i++)
		n += envs[i].env_status == ENV_FREE;
	return n;
}

// A running child ends when its CPU comes into the kernel.
static inline void
destroy_and_wait(envid_t child)
{
	int r = sys_env_destroy(child);

	if (r < 0 && r != -E_BAD_ENV)
		panic("sys_env_destroy: %e", r);
	wait(child);
}

#define ASLEEP_TURNS	200000	// turns; nobody should need as many

// Let it fall asleep, then see that it sleeps on.
static inline void
expect_asleep(const char *what, envid_t id)
{
	const volatile struct Env *e = &envs[ENVX(id)];
	uint32_t runs;

	for (int turn = 0; e->env_status != ENV_NOT_RUNNABLE; turn++) {
		if (turn == ASLEEP_TURNS || is_gone(id))
			panic("%s does not fall asleep", what);
		sys_yield();
	}
	runs = e->env_runs;
	for (int turn = 0; turn < 500; turn++)
		sys_yield();
	if (is_gone(id) || e->env_status != ENV_NOT_RUNNABLE
	    || e->env_runs != runs)
		panic("%s does not stay asleep", what);
}

// The same for one that waits for a device: it may run whenever it likes, but
// does not.
static inline void
expect_no_turns(const char *what, envid_t id)
{
	const volatile struct Env *e = &envs[ENVX(id)];
	uint32_t runs;
	int round = 0;

	do {
		if (round++ == ASLEEP_TURNS / 500 || is_gone(id))
			panic("%s does not fall asleep", what);
		runs = e->env_runs;
		for (int turn = 0; turn < 500; turn++)
			sys_yield();
	} while (e->env_runs != runs || e->env_status == ENV_RUNNING);
}

#endif // JOS_TESTS_USER_TEST_H
