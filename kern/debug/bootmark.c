// kern/debug/bootmark.c - how far the boot had come, and when.
//
// The time stamp counter begins with the machine.  It goes on while a CPU is
// idle, which is subtracted: what the boot takes does not depend on the disk.
// Programs ask for the marks with sys_debug, others find boot_marks[] by its
// symbol.
//
// Entry points: boot_mark, boot_marks.

#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/debug/bootmark.h>
#include <kern/sched.h>

uint64_t boot_marks[NBOOTMARKS];

void
boot_mark(enum BootMark mark)
{
	if (boot_marks[mark] == 0 && (cpu_features() & CPUID_1_EDX_TSC))
		boot_marks[mark] = read_tsc() - sched_idle_time;
}
