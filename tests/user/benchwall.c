// tests/user/benchwall.c - measures the wall-clock time of two programs that
// run at the same time.  tools/bench-wall runs it with one CPU and with two.

#include <tests/user/bench.h>

#define SPINS	100000000
#define CALLS	300000
#define ALLOCS	20000

// The time of a statement, in 1,024 cycles of the time stamp counter, of which
// 32 bits would overflow after two seconds
#define TIME(statement) ({						\
	uint64_t before = read_tsc();					\
	statement;							\
	(uint32_t) ((read_tsc() - before) >> 10);			\
})

static void
spin(void)
{
	for (volatile int i = 0; i < SPINS; i++)
		;
}

static void
call(void)
{
	TIMES(CALLS, sys_getenvid());
}

static void
alloc(void)
{
	TIMES(ALLOCS, sys_page_alloc(0, PAGE(0), RW);
		sys_page_unmap(0, PAGE(0)));
}

static void
run_two(void (*program)(void))
{
	envid_t one = start(program), two = start(program);

	wait(one);
	wait(two);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	report("spin", TIME(run_two(spin)));
	report("call", TIME(run_two(call)));
	report("alloc", TIME(run_two(alloc)));
	report("pipeline", TIME(run_program("benchprimes")));
	cprintf("bench ok\n");
}
