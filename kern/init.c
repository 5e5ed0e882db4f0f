// kern/init.c - the kernel's first C code: start everything, in order.

#include <inc/assert.h>
#include <inc/stdio.h>
#include <inc/string.h>
#include <inc/x86.h>

#include <kern/console.h>
#include <kern/cpu.h>
#include <kern/dblfault.h>
#include <kern/debug/bootmark.h>
#include <kern/debug/canary.h>
#include <kern/debug/guard.h>
#include <kern/dev/acpi.h>
#include <kern/env.h>
#include <kern/ext.h>
#include <kern/firstenv.h>
#include <kern/fpu.h>
#include <kern/gates.h>
#include <kern/init.h>
#include <kern/lab.h>
#include <kern/monitor.h>
#include <kern/picirq.h>
#include <kern/pmap.h>
#include <kern/sched.h>
#include <kern/spinlock.h>
#include <kern/trap.h>

// Print the stack from x recursive calls deep, for lab 1.
__attribute__((noinline)) void
test_backtrace(int x)
{
	cprintf("entering test_backtrace %d\n", x);
	if (x <= 0)
		mon_backtrace(0, NULL, NULL);
	else
		test_backtrace(x - 1);
	cprintf("leaving test_backtrace %d\n", x);
}

// kern/entry.S calls this on the boot CPU, with paging on and a stack.  The
// comment at a step says what works after it; the lab decides how many steps
// are taken.
void
i386_init(void)
{
	boot_mark(BOOT_MAIN);
	canary_init();			// before any function that will return
	cons_init();			// from here on cprintf works
	lab_init();			// which lab, so how far to go?
	ext_boot();			// those that EXT= names
	cprintf("6828 decimal is %o octal!\n", 6828);

	if (lab->backtrace_test)
		test_backtrace(5);
	cpu_init();			// this processor, and what it can do
	if (lab->smp)
		mp_find();		// the firmware's tables, before
	acpi_init();			// their memory is given away
	if (lab->memory)
		mem_init();		// pages, and the kernel's address space
	boot_mark(BOOT_MEMORY);
	pic_silence();			// programs run with interrupts on
	if (lab->user) {
		env_init();		// a table of free environments
		trap_init();		// traps and system calls come in
		gates_init();		// IPIs from other CPUs come in
		dblfault_init();	// stack overflows are reported
		fpu_init();		// floating point, for programs
		cpu_protect();		// what this processor can forbid
		ext_cpu();
	}
	if (lab->memory)
		guard_init();		// pages that nobody may touch
	if (lab->smp) {
		mp_init();		// which other CPUs are there?
		lapic_init();		// this CPU's timer
		pic_init();		// keyboard and serial interrupts
	}
	if (lab->user) {
		lock_kernel();		// held until the first env_run
		boot_aps();		// the other CPUs wait for the lock
		ext_ready();
		first_envs();
		sched_yield();
	}
	while (1)
		monitor(NULL);
}

// How long boot_aps waits for a CPU to start, in rounds of a loop; a round
// takes at least some ten nanoseconds.
#define START_TIMEOUT	1000000000u

// What kern/mpentry.S loads into %esp
void *mpentry_kstack;

// Start the other CPUs.  Each must be done with mpentry_kstack and
// cpu_of_tss[0] before the next one starts.
void
boot_aps(void)
{
	extern unsigned char mpentry_start[], mpentry_end[];

	if (ncpu > 1)
		memmove(KADDR(MPENTRY_PADDR), mpentry_start,
			mpentry_end - mpentry_start);

	for (int i = 0; i < ncpu; i++) {
		struct CpuInfo *c = &cpus[i];

		if (c == bootcpu)
			continue;
		mpentry_kstack = percpu_kstacks[i] + KSTKSIZE;
		cpu_of_tss[0].cpu = c;
		lapic_startap(cpu_apicid[i], MPENTRY_PADDR);

		unsigned rounds = START_TIMEOUT;
		while (c->cpu_status != CPU_STARTED && --rounds)
			pause();
		if (!rounds)
			panic("CPU %d does not start", i);
	}
}

// kern/mpentry.S calls this on every CPU but the boot CPU, on that CPU's own
// stack, but still with the entry page tables.
void
mp_main(void)
{
	ext_paging();			// what kern_pgdir needs
	lcr3(PADDR(kern_pgdir));	// now the local APIC is mapped
	cprintf("SMP: CPU %d starting\n", cpunum());

	lapic_init();
	env_init_percpu();
	trap_init_percpu();
	fpu_init();
	cpu_protect();
	ext_cpu();
	xchg(&thiscpu->cpu_status, CPU_STARTED);	// boot_aps may go on

	lock_kernel();
	sched_yield();
}
