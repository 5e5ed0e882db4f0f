// tests/user/breakac.c - a breakpoint with AC set, which must not let the
// kernel use our memory where a processor has SMAP (tests/run).

#include <inc/lib.h>
#include <inc/x86.h>

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	__asm__ volatile("pushfl; orl %0, (%%esp); popfl; int3"
		: : "i" (FL_AC) : "memory", "cc");
}
