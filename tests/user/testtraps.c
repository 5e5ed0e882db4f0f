// tests/user/testtraps.c - raises each exception that a program can raise, in a
// child.  tests/programs.pm checks the kernel's messages when it ends them.

#include <inc/lib.h>
#include <inc/x86.h>

#include <tests/user/test.h>

#define INSTRUCTION(name, ...)				\
static void						\
name(void)						\
{							\
	__asm__ volatile(__VA_ARGS__);			\
}

INSTRUCTION(divide, "xorl %%edx, %%edx; divl %%edx" : : : "eax", "edx", "cc")
INSTRUCTION(step, "pushl $0x102; popfl; nop; nop" : : : "cc")
INSTRUCTION(brkpt, "int3")
INSTRUCTION(brkpt_long, "int $3")
INSTRUCTION(oflow, "movb $0x7F, %%al; incb %%al; into" : : : "eax", "cc")
INSTRUCTION(oflow_long, "int $4")
INSTRUCTION(bound, "pushl $0; pushl $0; movl $5, %%eax; bound %%eax, (%%esp)" \
	: : : "eax")
INSTRUCTION(illop, "ud2")
INSTRUCTION(gpflt, "int $5")		// a gate that programs may not use
INSTRUCTION(pgflt, "movl %%eax, 0" : : : "memory")
INSTRUCTION(fperr, "pushl $0; fldcw (%%esp); fldz; fld1; fdivp; fwait" : : :)
INSTRUCTION(no_oflow, "xorl %%eax, %%eax; into" : : : "eax", "cc")

static const struct {
	const char *name;
	void (*run)(void);
} all[] = {
#define T(name) { #name, name }
	T(divide), T(step), T(brkpt), T(brkpt_long), T(oflow),
	T(oflow_long), T(bound), T(illop), T(gpflt), T(pgflt), T(fperr),
};

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	no_oflow();
	for (unsigned i = 0; i < ARRAY_SIZE(all); i++) {
		envid_t child = fork_or_panic();

		if (child == 0) {
			sys_env_set_pgfault_upcall(0, NULL);
			cprintf("%s\n", all[i].name);
			all[i].run();
			panic("%s goes on", all[i].name);
		}
		wait(child);
	}
	cprintf("testtraps ok\n");
}
