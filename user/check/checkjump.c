// user/check/checkjump.c - jump to an address of the kernel: the fault must end
// this program, although its eip is the kernel's.

#include <user/check/check.h>

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	look_at("page_fault_handler", "lab 3, exercise 9; kern/trap.c");
	((void (*)(void)) (KERNBASE + 0x100000))();
	wrong("should end a program that jumps into the kernel");
	for (;;)
		sys_env_destroy(0);
}
