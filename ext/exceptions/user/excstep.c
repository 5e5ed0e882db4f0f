// ext/exceptions/user/excstep.c - single-steps itself: the handler of debug
// exceptions sees each instruction of a loop, even through a division by zero
// and its handler, and none of the handlers' own.

#include <inc/lib.h>

#include <ext/exceptions/exceptions.h>

#define TURNS	3

// The handler changes these where the compiler sees no call.
static volatile int steps;
static volatile uintptr_t visited[64];
static volatile uintptr_t elsewhere;	// outside [first_step, last_step]

extern char first_step[], loop_step[], division[], behind_division[],
	last_step[];

static void
step(struct UTrapframe *utf)
{
	const uintptr_t eip = utf->utf_eip;

	if (utf->utf_fault_va != T_DEBUG)
		panic("trap %d", utf->utf_fault_va);
	if (eip < (uintptr_t) first_step || eip > (uintptr_t) last_step)
		elsewhere = eip;
	if (steps < (int) ARRAY_SIZE(visited))
		visited[steps] = eip;
	steps++;
	if (eip == (uintptr_t) last_step)
		utf->utf_eflags &= ~FL_TF;	// enough
}

static void
divide(struct UTrapframe *utf)
{
	utf->utf_eip = (uintptr_t) behind_division;
}

// TF is set by the popf; from the instruction behind the next on, each is
// reported before it runs.
static uint32_t
stepped(void)
{
	uint32_t sum;

	__asm__ volatile(
		"pushfl; orl %[tf], (%%esp); popfl\n\t"
		"xorl %%eax, %%eax\n"
		"first_step: movl %[turns], %%ecx\n"
		"loop_step: addl %%ecx, %%eax\n\t"
		"decl %%ecx\n\t"
		"jnz loop_step\n"
		"division: divl %%ecx\n"
		"behind_division: nop\n"
		"last_step: nop"
		: "=&a" (sum)
		: [tf] "i" (FL_TF), [turns] "i" (TURNS)
		: "ecx", "edx", "cc", "memory");
	return sum;
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	set_exception_handler(T_DEBUG, step);
	set_exception_handler(T_DIVIDE, divide);

	const uint32_t sum = stepped();

	if (sum != TURNS * (TURNS + 1) / 2)
		panic("the loop added up to %d", sum);
	if (elsewhere)
		panic("a step at %08x", elsewhere);

	// first_step, TURNS times three, division, last_step.  The instruction
	// behind the division is the first one after the return from the
	// division's handler, so no step is reported before it.
	cprintf("%d steps\n", steps);
	if (steps != 1 + TURNS * 3 + 1 + 1
	    || visited[steps - 2] != (uintptr_t) division)
		panic("the last step but one was at %08x",
			visited[steps - 2]);
	cprintf("excstep ok\n");
}
