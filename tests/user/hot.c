// tests/user/hot.c - spends its time in one place, which tests/test-profile has
// to find: in spend or, if it has an argument, in the kernel.

#include <inc/lib.h>

#define ROUNDS	1000000

static void __attribute__((noinline))
spend(void)
{
	__asm__ volatile("movl %0, %%ecx; 1: decl %%ecx; jnz 1b"
		: : "i" (ROUNDS) : "ecx", "cc");
}

// The kernel spends the time on filling new pages with zeros.
static void
spend_in_kernel(void)
{
	for (int i = 0; i < 1000; i++)
		sys_page_alloc(0, UTEMP, PTE_P | PTE_U);
}

void
umain(int argc, char **argv)
{
	USED(argv);

	if (argc > 1)
		spend_in_kernel();
	else
		spend();
}
