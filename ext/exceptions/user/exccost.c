// ext/exceptions/user/exccost.c - what it takes to catch an exception, and a
// page fault, by a handler that goes on behind the instruction: in
// instructions, which are right under QEMU's -icount shift=0 only.  Prints rows
// of README.md.

#include <inc/lib.h>
#include <inc/x86.h>

#include <ext/exceptions/exceptions.h>
#include <ext/test.h>

#define ROUNDS		8

extern char behind_division[], behind_store[];

static void
skip_division(struct UTrapframe *utf)
{
	utf->utf_eip = (uintptr_t) behind_division;
}

static void
skip_store(struct UTrapframe *utf)
{
	utf->utf_eip = (uintptr_t) behind_store;
}

static void
divide(void)
{
	__asm__ volatile("xorl %%edx, %%edx; divl %%edx\n"
		"behind_division:" : : : "edx", "eax", "cc");
}

static void
store(void)
{
	__asm__ volatile("movl $0, 0\nbehind_store:" : : : "memory");
}

static void
set_handler(void)
{
	set_exception_handler(T_DIVIDE, skip_division);
}

static void
show(const char *what, void (*f)(void))
{
	uint32_t lowest = ~0u;

	for (int i = 0; i < ROUNDS; i++) {
		const uint32_t start = read_tsc();

		f();

		const uint32_t took = (uint32_t) read_tsc() - start;

		lowest = MIN(lowest, took);
	}
	cprintf("| %s | %d |\n", what, lowest);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	wait_for_server();
	set_pgfault_handler(skip_store);
	show("`set_exception_handler`", set_handler);
	show("an exception, caught and passed over", divide);
	show("a page fault, caught and passed over", store);
	cprintf("exccost ok\n");
}
