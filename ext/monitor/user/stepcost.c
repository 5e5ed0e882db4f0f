// ext/monitor/user/stepcost.c - what calls and faults of a program take, in
// instructions where a tick of the time-stamp counter is one (-icount shift=0),
// and what a single step takes, if it stops in the kernel monitor for that.
//
//	stepcost 0	does not stop

#include <inc/lib.h>
#include <inc/x86.h>

#define TIMES		100

static uint32_t
now(void)
{
	return read_tsc();
}

static void
handler(struct UTrapframe *utf)
{
	utf->utf_eip += 2;		// past the movl below
}

static void
row(const char *what, uint32_t start)
{
	cprintf("| %s | %d |\n", what, (now() - start) / TIMES);
}

// Two instructions apart, when nobody steps
static uint32_t
step(void)
{
	uint32_t first, second;

	__asm__ volatile(
		"int3\n\t"
		"rdtsc\n\t"
		"movl %%eax, %0\n\t"
		"rdtsc"
		: "=&r" (first), "=a" (second) : : "edx", "memory");
	return second - first;
}

void
umain(int argc, char **argv)
{
	uint32_t start;

	sys_getenvid();
	start = now();
	for (int i = 0; i < TIMES; i++)
		sys_getenvid();
	row("null call", start);

	set_pgfault_handler(handler);
	start = now();
	for (int i = 0; i < TIMES; i++)
		__asm__ volatile("movl %%eax, (%0)"
			: : "c" (0xB0000000) : "memory");
	row("page fault with a handler", start);

	if (argc < 2 || strcmp(argv[1], "0") != 0)
		cprintf("| single step | %d |\n", step() / 2);
	cprintf("stepcost ok\n");
}
