// ext/monitor/user/stepdemo.c - a program to look at from the kernel monitor.
//
// It stops, executes instructions that are told apart by what they leave in
// eax, one of them a system call, and writes to the page that the monitor may
// have made read-only.

#include <inc/lib.h>

static volatile uint32_t page[PGSIZE / sizeof(uint32_t)]
	__attribute__((aligned(PGSIZE)));

static uint32_t
steps(void)
{
	uint32_t flags;

	__asm__ volatile(
		"int3\n\t"
		"movl $0x11, %%eax\n\t"
		"call 1f\n\t"
		"movl %1, %%eax\n\t"
		"int %2\n\t"			// sys_getenvid
		"pushfl\n\t"
		"popl %%eax\n\t"
		"pushl %%eax\n\t"
		"popfl\n\t"
		"jmp 2f\n"
		"1:\n\t"
		"movl $0x22, %%eax\n\t"
		"ret\n"
		"2:"
		: "=a" (flags)
		: "i" (SYS_getenvid), "i" (T_SYSCALL) : "cc", "memory");
	return flags;
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	cprintf("page at %08x\n", page);
	page[0] = 0x6C6C6548;
	page[PGSIZE / sizeof(uint32_t) - 1] = 0x21;
	cprintf("single-step flag: %x\n", steps() & FL_TF);
	page[1] = 1;
	cprintf("stepdemo ok\n");
}
