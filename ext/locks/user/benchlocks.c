// ext/locks/user/benchlocks.c - system calls of programs that run at the same
// time, with one lock for the whole kernel and with a lock for each part.
//
// The argument is how many programs.  In each round they make the same calls
// twice, once with each kind of locks, so that a computer that gets slower or
// faster meanwhile makes no difference.  For each kind of call the program
// prints the time of both, of all ROUNDS, in 1,024 cycles; the ratio in percent,
// which is how many calls are made in the same time; how often a CPU had to wait
// for the one lock; and, with many, for the kernel lock and for others.

#include <inc/lib.h>
#include <inc/x86.h>

#include <ext/locks/locks.h>
#include <tests/user/bench.h>

#define ROUNDS		5
#define MAXPROGRAMS	8

static void
null(int n)
{
	TIMES(n, sys_getenvid());
}

static void
map(int n)
{
	TIMES(n, sys_page_alloc(0, PAGE(0), RW);
		sys_page_unmap(0, PAGE(0)));
}

static void
yield(int n)
{
	TIMES(n, sys_yield());
}

// A child answers calls.
static void
call(int n)
{
	const envid_t child = start(answer_calls);

	TIMES(n, ipc_call(child, i, NULL, 0, NULL));
	destroy_and_wait(child);
}

static const struct {
	const char *name;
	void (*make)(int n);
	int n;
} kinds[] = {
	{ "null", null, 100000 },
	{ "map", map, 20000 },
	{ "yield", yield, 30000 },
	{ "ipc", call, 10000 },
};

// How long until all programs have made their calls, in 1,024 cycles
static uint32_t
run(int programs, int kind)
{
	envid_t child[MAXPROGRAMS];
	const uint64_t before = read_tsc();

	for (int i = 0; i < programs; i++)
		if ((child[i] = fork_or_panic()) == 0) {
			kinds[kind].make(kinds[kind].n);
			exit();
		}
	for (int i = 0; i < programs; i++)
		wait(child[i]);
	return (read_tsc() - before) >> 10;
}

struct Waits {
	uint32_t kernel, other;		// locks
};

static void
compare(int programs, int kind)
{
	uint32_t time[2] = { 0 };
	struct Waits waits[2] = { { 0 } };

	for (int round = 0; round < ROUNDS; round++)
		for (int share = 0; share < 2; share++) {
			const uint32_t all = sys_debug(DEBUG_WAITS, 0),
				kernel = sys_debug(DEBUG_SHARE, share);

			time[share] += run(programs, kind);
			waits[share].kernel += sys_debug(DEBUG_SHARE, 1)
				- kernel;
			waits[share].other += sys_debug(DEBUG_WAITS, 0) - all;
		}
	waits[1].other -= waits[1].kernel;
	cprintf("locks: %s, %d programs: one lock %u, many %u, %u percent; "
		"waits %u, %u and %u\n", kinds[kind].name, programs, time[0],
		time[1], time[0] / (time[1] / 100 + 1), waits[0].kernel,
		waits[1].kernel, waits[1].other);
}

void
umain(int argc, char **argv)
{
	const int programs = argc > 1 ? strtol(argv[1], NULL, 10) : 2;

	if (programs < 1 || programs > MAXPROGRAMS)
		panic("not %d programs", programs);
	if (sys_debug(DEBUG_SHARE, 1) < 0)
		panic("this kernel has one lock, or DEBUG= was not given");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		compare(programs, i);
	cprintf("benchlocks ok\n");
}
