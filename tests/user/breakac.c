// tests/user/breakac.c - executes a breakpoint with AC set.  tests/run checks
// that the kernel clears AC, so that SMAP keeps it from user memory.

#include <inc/lib.h>
#include <inc/x86.h>

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	__asm__ volatile("pushfl; orl %0, (%%esp); popfl; int3"
		: : "i" (FL_AC) : "memory", "cc");
}
