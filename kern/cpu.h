// kern/cpu.h - the processors: who is there, what each one needs.

#ifndef JOS_KERN_CPU_H
#define JOS_KERN_CPU_H

#include <inc/env.h>
#include <inc/memlayout.h>
#include <inc/mmu.h>
#include <inc/types.h>
#include <inc/x86.h>

#define NCPU	8			// we use no more than this

#define GD_DBLFLT	(GD_TSS0 + 8 * NCPU)	// TSS for double faults

enum {
	CPU_UNUSED = 0,			// not heard of since power-on
	CPU_STARTED,			// at work
	CPU_HALTED			// idle, waits for an interrupt
};

struct CpuInfo {
	uint8_t cpu_id;			// its index in cpus[]
	volatile unsigned cpu_status;	// CPU_
	struct Env *cpu_env;		// the environment it is running
	struct Taskstate cpu_ts;	// tells the processor our kernel stack
};

_Static_assert(sizeof(struct CpuInfo) == 116, "the labs give this layout");

// kern/cpu.c
extern struct CpuInfo cpus[NCPU];
extern int ncpu;			// entries of cpus[] in use
extern struct CpuInfo *bootcpu;
extern bool cpu_has_lapic, cpu_has_tsc;	// CPUID says so
extern unsigned char percpu_kstacks[NCPU][KSTKSIZE];

// Which CPU is this?  The task register names its TSS, and reading that takes
// one instruction; this table says whose TSS it is.  The register is 0 until
// trap_init_percpu: entry 0 is the CPU that is starting, one at a time.
//
// The register has the place of the TSS in gdt[], in bytes.  So the entries
// here are as large as there, and it says where ours is.
struct TssOwner {
	struct CpuInfo *cpu;
	uint32_t pad;
};
_Static_assert(sizeof(struct TssOwner) == sizeof(struct Segdesc), "rtr");
extern struct TssOwner cpu_of_tss[];

static inline struct CpuInfo *
this_cpu(void)
{
	const uintptr_t table = (uintptr_t) cpu_of_tss;

	return ((const struct TssOwner *) (table + rtr()))->cpu;
}
#define thiscpu this_cpu()

// What kern/trapentry.S saved when a program that this CPU ran came into the
// kernel: it is at the top of this CPU's stack.
static inline struct Trapframe *
cpu_program_frame(void)
{
	return (struct Trapframe *) thiscpu->cpu_ts.ts_esp0 - 1;
}

static inline int
cpunum(void)				// its index in cpus[]
{
	return thiscpu->cpu_id;
}

bool cpu_has_cpuid(void);
uint32_t cpu_features(void);		// EDX of CPUID leaf 1, or 0
#define CPUID_1_EDX_TSC	(1 << 4)
void cpu_protect(void);			// SMEP, SMAP, UMIP, if it has them

// May the kernel use the memory of programs, on a processor that can forbid
// it?  Open is for what the rest of this trap does.  trap() closes.  Other
// processors do not know these instructions.
extern bool cpu_has_smap;
static inline void
user_memory_open(void)
{
	if (cpu_has_smap)
		stac();
}
static inline void
user_memory_close(void)
{
	if (cpu_has_smap)
		clac();
}

void cpu_init(void);			// before anything asks what we have
void cpu_add(uint8_t apicid);		// found one (mpconfig.c, dev/acpi.c)
extern uint8_t cpu_apicid[NCPU];	// the APIC id of each

// The CPU besides this one that is running e, whatever e's status has become
// meanwhile; -1 if there is none.
int other_cpu_running(const struct Env *e);

void cpus_stop(void);			// none but this one runs on

// What each CPU is to do besides its work: it looks when it has got the kernel
// lock, and while it waits for it.  Almost always there is nothing.
enum {
	CPU_STOP = 1 << 0,		// for good
	CPU_FLUSH = 1 << 1,		// its TLB, and say when it is done
	CPU_FLUSH_LATER = 1 << 2,	// before it works with the lock
	CPU_NEWS = 1 << 3,		// see to devices and stray interrupts
	CPU_TICK = 1 << 4,		// whoever runs there has had its turn
	CPU_FPU = 1 << 5		// save floating-point registers
};
extern volatile uint32_t cpu_orders[NCPU];
extern struct CpuTicks {
	uint32_t kept, taken;		// of CPU_TICK: ordered, obeyed
} cpu_ticks[NCPU];
extern volatile uint32_t cpus_with_orders;	// a bit each: what all look at
void cpu_order(int cpu, uint32_t what);

// There is work for the first CPU that comes into the kernel: reap_some
// (kern/reap.c), tty_hotkeys (kern/tty.c), the lines of lab->trace_traps; or
// none any more.
enum { ANYONE_REAP, ANYONE_HOTKEYS, ANYONE_TRACE };
static inline void
cpu_order_anyone(int work, bool wanted)
{
	const uint32_t anyone = 1u << (NCPU + work);

	if (wanted)
		__sync_fetch_and_or(&cpus_with_orders, anyone);
	else
		__sync_fetch_and_and(&cpus_with_orders, ~anyone);
}

bool cpu_take_order(uint32_t what);	// was it given to us? not any more
void cpu_service(void);			// obey what cannot wait: the first 3

// A tick came to this CPU: is the next one that runs a program alive?  And was
// this NMI sent because ours was taken for dead?
void cpu_watch(void);
bool cpu_take_nmi(void);

// Have a CPU that runs a program come into the kernel.  When this returns, it
// is there, waits for the lock, which we have, and has flushed its TLB.
void cpu_bring_in(int cpu);

// CPUs that halt because there is nothing to run, a bit each, unless called
// since; and how many environments were woken since one of them found nothing.
// Under the kernel lock.
extern uint32_t cpus_idle, cpu_work;
void cpu_call_idle(void);		// have one of them look for work

// Make va's entry of pgdir unusable on every other CPU that has it loaded.
// Returns when none can use it any more.
void tlb_shootdown(pde_t *pgdir, void *va);

// Have every other CPU flush before it next has the kernel lock.
void tlb_flush_later(void);

// kern/mpconfig.c: fill cpus[] from the firmware's tables
void mp_find(void);			// before mem_init
void mp_init(void);
extern physaddr_t lapicaddr;		// of the local APIC's registers, or 0

// kern/lapic.c
extern bool lapic_on;			// this machine takes timer ticks from it
void lapic_map(void *registers);
void lapic_init(void);
void lapic_startap(uint8_t apicid, uint32_t addr);
void lapic_eoi(void);
void lapic_eoi_of(int vector);		// if it is being handled
uint32_t lapic_errors(void);		// since the last time
void lapic_timer(bool on);		// this CPU's ticks
void lapic_ipi(int vector);		// to all other CPUs
void lapic_ipi_to(int cpu, int vector);
int lapic_id(void);			// this CPU's APIC id

#endif // JOS_KERN_CPU_H
