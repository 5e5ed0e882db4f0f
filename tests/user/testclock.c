// tests/user/testclock.c - the timer of each CPU goes on when the program that
// it interrupted is destroyed.
//
// This program destroys children that run on other CPUs, mostly when the timer
// has interrupted them and the other CPU waits for the kernel lock, which a
// third program keeps busy.  A CPU without its timer would never again preempt
// a program that does not yield.

#include <inc/lib.h>

#define KILLS		30
#define SPINNERS	12	// more than CPUs
#define MAXTURNS	2000	// until each spinner has run

// In a page that all environments share
static struct Shared {
	volatile bool talk;
	char noise[2000];	// NULs; printing them takes about a tick
} *const shared = (struct Shared *) 0x0A000000;

static void
spin(void)
{
	for (;;)
		;
}

static void
talk(void)
{
	for (;;)
		if (shared->talk)
			sys_cputs(shared->noise, sizeof(shared->noise));
}

static envid_t
start(void (*program)(void))
{
	envid_t child = fork();

	if (child < 0)
		panic("fork: %e", child);
	if (child == 0)
		program();
	return child;
}

static uint32_t
runs(envid_t id)
{
	return envs[ENVX(id)].env_runs;
}

static void
kill_many(void)
{
	for (int i = 0; i < KILLS; i++) {
		envid_t child = start(spin);

		while (runs(child) == 0)
			sys_yield();
		shared->talk = true;
		sys_env_destroy(child);
		shared->talk = false;
		wait(child);
	}
}

// Check that all spinners get their turns.
static void
test_turns(void)
{
	envid_t ids[SPINNERS];

	for (int i = 0; i < SPINNERS; i++)
		ids[i] = start(spin);
	for (int i = 0; i < SPINNERS; i++) {
		uint32_t before = runs(ids[i]);

		for (int turn = 0; runs(ids[i]) < before + 2; turn++) {
			if (turn == MAXTURNS)
				panic("CPU %d has no clock any more",
					envs[ENVX(ids[i])].env_cpunum);
			sys_yield();
		}
	}
	for (int i = 0; i < SPINNERS; i++)
		sys_env_destroy(ids[i]);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	int r = sys_page_alloc(0, shared, PTE_P | PTE_U | PTE_W | PTE_SHARE);
	if (r < 0)
		panic("sys_page_alloc: %e", r);

	envid_t talker = start(talk);

	kill_many();
	sys_env_destroy(talker);
	wait(talker);
	test_turns();
	cprintf("\n");		// ends the line of noise
	cprintf("testclock ok\n");
}
