// tests/user/testfpu.c - floating-point registers belong to one environment.
//
// Children keep numbers in x87 and, if the processor has them, SSE registers,
// while other environments run in between, after a yield or a timer interrupt.

#include <inc/lib.h>
#include <inc/x86.h>

#define NCHILD		4
#define ROUNDS		200

#define CPUID_1_EDX_SSE	(1 << 25)

static bool
has_sse(void)
{
	uint32_t max = 0, edx = 0, eflags = read_eflags();

	write_eflags(eflags ^ FL_ID);
	if (((read_eflags() ^ eflags) & FL_ID) != 0)
		cpuid(0, &max, NULL, NULL, NULL);
	if (max >= 1)
		cpuid(1, NULL, NULL, NULL, &edx);
	return edx & CPUID_1_EDX_SSE;
}

// Push a number on the x87 register stack, or pop one.
static void
push(int value)
{
	__asm__ volatile("fildl %0" : : "m" (value));
}

static int
pop(void)
{
	int value;

	__asm__ volatile("fistpl %0" : "=m" (value));
	return value;
}

static void
set_xmm0(uint32_t value)
{
	__asm__ volatile("movd %0, %%xmm0" : : "r" (value));
}

static uint32_t
get_xmm0(void)
{
	uint32_t value;

	__asm__ volatile("movd %%xmm0, %0" : "=r" (value));
	return value;
}

// Check that a program starts with clean registers.
static void
check_start(void)
{
	struct {
		uint32_t control, status, tags, rest[24];
	} state;

	if (has_sse() && get_xmm0() != 0)
		panic("%%xmm0 is %x at the start", get_xmm0());
	__asm__ volatile("fnsave %0" : "=m" (state));
	if ((state.control & 0xFFFF) != 0x37F
	    || (state.tags & 0xFFFF) != 0xFFFF)
		panic("x87 starts with control word %x, tags %x",
			state.control, state.tags);
	for (unsigned i = 4; i < ARRAY_SIZE(state.rest); i++)
		if (state.rest[i] != 0)
			panic("an x87 register holds %x", state.rest[i]);
}

// Keep four numbers in registers through traps of both kinds.
static void
keep(int mine, bool sse)
{
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < 4; i++)
			push(mine * 1000 + i);
		if (sse)
			set_xmm0(mine + round);
		if (round % 8 == 0)
			for (volatile int i = 0; i < 20000; i++)
				;
		sys_yield();
		if (sse && get_xmm0() != (uint32_t) (mine + round))
			panic("%%xmm0 is %x, not %x",
				get_xmm0(), mine + round);
		for (int i = 3; i >= 0; i--) {
			int value = pop();
			if (value != mine * 1000 + i)
				panic("st is %d, not %d",
					value, mine * 1000 + i);
		}
	}
}

void
umain(int argc, char **argv)
{
	envid_t child[NCHILD];
	bool sse = has_sse();

	USED(argc), USED(argv);
	check_start();

	push(4711);
	if (sse)
		set_xmm0(4712);
	for (int i = 0; i < NCHILD; i++) {
		if ((child[i] = fork()) < 0)
			panic("fork: %e", child[i]);
		if (child[i] == 0) {
			// The child starts with its parent's registers
			if (pop() != 4711 || (sse && get_xmm0() != 4712))
				panic("fork changed a register");
			keep(i + 1, sse);
			exit();
		}
	}
	keep(NCHILD + 1, sse);
	if (pop() != 4711)
		panic("the children changed a register");
	for (int i = 0; i < NCHILD; i++)
		wait(child[i]);
	cprintf("testfpu ok\n");
}
