// ext/picture/user/fpucount.c - what it costs that floating-point registers are
// part of an environment: rows of the table in README.md.

#include <tests/user/bench.h>

#include <ext/test.h>

#define CALLS	100

static bool floating;

// An instruction of the unit, if we are to use it
static inline void
compute(void)
{
	if (floating)
		__asm__ volatile("fldz; fstp %st(0)");
}

static void
compute_and_yield(void)
{
	for (;;) {
		compute();
		sys_yield();
	}
}

static uint32_t
count_calls(void)
{
	uint32_t lowest = ~0u;

	for (int batch = 0; batch < BATCHES; batch++) {
		const uint32_t count = COUNT(TIMES(CALLS, compute();
			sys_getenvid()));

		lowest = MIN(lowest, count);
	}
	return lowest / CALLS;
}

// A yield to another environment, which yields back
static uint32_t
count_yields(void)
{
	const envid_t child = start(compute_and_yield);
	uint32_t lowest = ~0u;

	for (int batch = 0; batch < BATCHES; batch++) {
		const uint32_t count = COUNT(TIMES(CALLS, compute();
			sys_yield()));

		lowest = MIN(lowest, count);
	}
	destroy_and_wait(child);
	return lowest / CALLS;
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	wait_for_server();

	const uint32_t calls = count_calls(), yields = count_yields();

	floating = true;
	cprintf("| null call | %d | %d |\n", calls, count_calls());
	cprintf("| yield and back | %d | %d |\n", yields, count_yields());
	cprintf("fpucount ok\n");
}
