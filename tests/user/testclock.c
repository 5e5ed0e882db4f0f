// tests/user/testclock.c - the clock of each CPU goes on, whatever becomes of
// the program that it interrupts.
//
// We destroy programs that run on other CPUs, mostly at a moment when the
// clock has interrupted them there and waits for the kernel, which a third
// program keeps busy.  A CPU that has lost its clock would never again
// take a program off that does not yield.

#include <inc/lib.h>

#define KILLS		30
#define SPINNERS	12	// more than CPUs
#define PATIENCE	2000	// turns

// In a page that all share
static struct Shared {
	volatile bool talk;
	char noise[2000];	// NULs; to print them takes about a tick
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

// All get their turns.
static void
test_turns(void)
{
	envid_t ids[SPINNERS];

	for (int i = 0; i < SPINNERS; i++)
		ids[i] = start(spin);
	for (int i = 0; i < SPINNERS; i++) {
		uint32_t before = runs(ids[i]);

		for (int turn = 0; runs(ids[i]) < before + 2; turn++) {
			if (turn == PATIENCE)
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
