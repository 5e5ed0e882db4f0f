// kern/debug/bootmark.c - the times at which the boot reached its stages.
//
// The time stamp counter is 0 at power-on and counts on while a CPU is idle.
// Idle time is subtracted, so that boot_marks[] does not depend on the disk.
// Programs read boot_marks[] with sys_debug, tools by its symbol.
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
