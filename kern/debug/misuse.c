// kern/debug/misuse.c - monitor commands that make mistakes, for tests of how
// the kernel detects them.
//
// Entry points: mon_irq, mon_overflow, mon_misuse (kern/monitor.h).

#include <inc/stdio.h>
#include <inc/string.h>
#include <inc/trap.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/monitor.h>

#define UNUSED __attribute__((unused))

// Send this CPU an interrupt, which comes after the monitor ends, or an NMI.
int
mon_irq(int argc, char **argv, struct Trapframe *tf UNUSED)
{
	long vector = argc > 1 ? strtol(argv[1], NULL, 0) : 0;

	if (vector != T_NMI && (vector < IRQ_OFFSET || vector > 255)) {
		cprintf("irq VECTOR: 2 for an NMI, or %d to 255\n", IRQ_OFFSET);
		return 0;
	}
	lapic_ipi_to(cpunum(), vector);
	return -1;
}

static int __attribute__((noinline))
use_stack(volatile int depth)
{
	return depth < 0 ? 0 : use_stack(depth + 1) + 1;
}

int
mon_overflow(int argc UNUSED, char **argv UNUSED, struct Trapframe *tf UNUSED)
{
	return use_stack(0);
}

// Read a program's memory without user_memory_open, which SMAP forbids: monitor
// has called it, so restore the flags from before.
static void
misuse_read(const struct Trapframe *tf)
{
	write_eflags(monitor_eflags);
	cprintf("%08x\n", *(const volatile uint32_t *) tf->tf_esp);
}

// Write beyond an array, for kern/debug/canary.c, through a pointer, so that
// neither the compiler nor SAN=1 detects it.
static void __attribute__((noinline))
misuse_stack(void)
{
	uint8_t array[16];
	volatile uint8_t *byte = array;

	for (int n = 0; n < 64; n++)
		*byte++ = 0x97;
}

// Call the program's code as the kernel, which SMEP forbids.
static void
misuse_run(const struct Trapframe *tf)
{
	((void (*)(void)) tf->tf_eip)();
}

int
mon_misuse(int argc, char **argv, struct Trapframe *tf)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "stack") == 0)
		misuse_stack();
	else if (tf && strcmp(what, "read") == 0)
		misuse_read(tf);
	else if (tf && strcmp(what, "run") == 0)
		misuse_run(tf);
	else
		cprintf("misuse stack, or read|run where a program stopped\n");
	return 0;
}
