// kern/cpu.h - the CPUs (kern/cpu.c, kern/mpconfig.c, kern/lapic.c).

#ifndef JOS_KERN_CPU_H
#define JOS_KERN_CPU_H

#include <inc/env.h>
#include <inc/memlayout.h>
#include <inc/mmu.h>
#include <inc/types.h>
#include <inc/x86.h>

#define NCPU	8			// the kernel uses no more CPUs

#define GD_DBLFLT	(GD_TSS0 + 8 * NCPU)	// TSS for double faults

enum {
	CPU_UNUSED = 0,			// not started yet
	CPU_STARTED,			// runs
	CPU_HALTED			// idle, waits for an interrupt
};

struct CpuInfo {
	uint8_t cpu_id;			// its index in cpus[]
	volatile unsigned cpu_status;	// CPU_
	struct Env *cpu_env;		// the environment it is running
	struct Taskstate cpu_ts;	// has the CPU's kernel stack
};

_Static_assert(sizeof(struct CpuInfo) == 116, "the labs give this layout");

// kern/cpu.c
extern struct CpuInfo cpus[NCPU];
extern int ncpu;			// entries of cpus[] in use
extern struct CpuInfo *bootcpu;
extern bool cpu_has_lapic, cpu_has_tsc;	// CPUID says so
extern unsigned char percpu_kstacks[NCPU][KSTKSIZE];

// From the task register to the CPU in one instruction.  A CPU's task register
// holds the selector of its TSS, which is the offset in bytes of the TSS's
// descriptor in gdt[].  An entry of cpu_of_tss[] is as large as a descriptor,
// so the selector is also the offset of the CPU's entry there.  The register is
// 0 until trap_init_percpu: entry 0 is the CPU that is starting.
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
cpunum(void)				// this CPU's index in cpus[]
{
	return thiscpu->cpu_id;
}

bool cpu_has_cpuid(void);
uint32_t cpu_features(void);		// EDX of CPUID leaf 1, or 0
#define CPUID_1_EDX_TSC	(1 << 4)
void cpu_protect(void);			// SMEP, SMAP, UMIP, if there are any

// On a processor with SMAP, the kernel may use the memory of programs only from
// user_memory_open on, until trap() closes it at the next trap.
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

void cpu_init(void);			// cpu_has_... are valid after it
void cpu_add(uint8_t apicid);		// for kern/mpconfig.c, which found it
extern uint8_t cpu_apicid[NCPU];	// the APIC id of each

// The CPU besides this one that is running e, whatever e's status has become
// meanwhile; -1 if there is none.
int other_cpu_running(const struct Env *e);

void cpus_stop(void);			// stop all CPUs but this one

// Requests to one CPU, from another or from itself.  The CPU polls them
// (ipi_poll, do_deferred_work) when it gets the kernel lock, and the first
// three also while it waits for the lock.
enum {
	IPI_STOP = 1 << 0,		// halt for good
	IPI_FLUSH = 1 << 1,		// flush the TLB, the sender waits
	IPI_FLUSH_LATER = 1 << 2,	// flush it before using the kernel lock
	IPI_DEVICES = 1 << 3,		// look after devices (kern/trap.c)
	IPI_TICK = 1 << 4,		// the turn of its environment is over
	IPI_FPU = 1 << 5		// save floating-point registers
};
extern volatile uint32_t ipi_requests[NCPU];
void ipi_request(int cpu, uint32_t what);
bool ipi_take(uint32_t what);		// test and clear a request to this CPU
void ipi_poll(void);			// carry out the first three

// Ticks that were deferred (IPI_TICK), and how many of them ipi_take has taken
extern struct DeferredTicks {
	uint32_t kept, taken;
} deferred_ticks[NCPU];

// The word that trap() tests for deferred work.  It has a bit for each CPU with
// requests, and one for each kind of work that any CPU may do: reap_some
// (kern/reap.c), tty_hotkeys (kern/tty.c), the lines of lab->trace_traps.
extern volatile uint32_t deferred_work;
enum { WORK_REAP, WORK_HOTKEYS, WORK_TRACE };
static inline void
deferred_work_set(int work, bool pending)
{
	const uint32_t bit = 1u << (NCPU + work);

	if (pending)
		__sync_fetch_and_or(&deferred_work, bit);
	else
		__sync_fetch_and_and(&deferred_work, ~bit);
}

// At each tick of this CPU: send an NMI to the next CPU that runs a program, if
// that CPU's ticks have stopped coming.
void watchdog_tick(void);
bool watchdog_took_nmi(void);		// was this NMI sent by watchdog_tick?

// Make another CPU, which runs a program, enter the kernel and flush its TLB.
// When ipi_flush_wait returns, that CPU is waiting for the kernel lock, which
// this CPU holds.
void ipi_flush_wait(int cpu);

// cpus_idle has a bit for each CPU that is idle and not being woken; wakeups
// counts the environments that became ready since a CPU last went idle, less
// the CPUs woken for them.  Under the kernel lock.
extern uint32_t cpus_idle, wakeups;
void cpu_wake_idle(void);		// have an idle CPU look for work

// Flush va from the TLB of every other CPU that has pgdir loaded.  Returns when
// none of them can use the old entry any more.
void tlb_shootdown(pde_t *pgdir, void *va);

// Make every other CPU flush its TLB before it next holds the kernel lock.
void tlb_flush_later(void);

// kern/mpconfig.c: fill cpus[] from the firmware's tables
void mp_find(void);			// before mem_init
void mp_init(void);
extern physaddr_t lapicaddr;		// of the local APIC's registers, or 0

// kern/lapic.c
extern bool lapic_on;			// ticks come from it, not from the PIT
void lapic_map(void *registers);
void lapic_init(void);
void lapic_startap(uint8_t apicid, uint32_t addr);
void lapic_eoi(void);
void lapic_eoi_of(int vector);		// if it is in service
uint32_t lapic_errors(void);		// ESR: errors since the last call
void lapic_timer(bool on);		// this CPU's ticks
void lapic_ipi(int vector);		// to all other CPUs
void lapic_ipi_to(int cpu, int vector);
int lapic_id(void);			// this CPU's APIC id

#endif // JOS_KERN_CPU_H
