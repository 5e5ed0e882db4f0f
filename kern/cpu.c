// kern/cpu.c - the processors: a list of them, and asking them for things.
//
// Entry points: cpu_init, cpu_add and cpunum; cpu_protect; user_memory_open and
// user_memory_close; cpu_bring_in, tlb_shootdown and cpu_service, their other
// end; cpus_stop.

#include <inc/assert.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/panic.h>

struct CpuInfo cpus[NCPU];
int ncpu;
struct CpuInfo *bootcpu;
bool cpu_has_lapic, cpu_has_tsc;

// Kernel stacks; inc/memlayout.h says where they are mapped.
unsigned char percpu_kstacks[NCPU][KSTKSIZE]
	__attribute__((aligned(PGSIZE)));

static uint8_t apicids[NCPU];		// of cpus[i]
static bool cpu_has_smap;

// If set: all CPUs but this one are to stop for good.
static struct CpuInfo *volatile only_one;

// Set by cpu_bring_in, cleared by the CPU once it has flushed.
static volatile bool flush_wanted[NCPU];

// Set by tlb_flush_later, cleared by the CPU before it flushes.
static volatile bool flush_due[NCPU];

#define CPUID_1_EDX_APIC	(1 << 9)
#define CPUID_7_EBX_SMEP	(1 << 7)
#define CPUID_7_EBX_SMAP	(1 << 20)
#define CPUID_7_ECX_UMIP	(1 << 2)

// A 486 without CPUID cannot change FL_ID (SDM 1, 20.1).
bool
cpu_has_cpuid(void)
{
	uint32_t eflags = read_eflags();

	write_eflags(eflags ^ FL_ID);
	bool changed = (read_eflags() ^ eflags) & FL_ID;
	write_eflags(eflags);
	return changed;
}

// Leaf 1 of CPUID; all 0 if there is no such leaf.
static void
cpuid_leaf1(uint32_t *ebx, uint32_t *edx)
{
	uint32_t max = 0;

	*ebx = *edx = 0;
	if (cpu_has_cpuid())
		cpuid(0, &max, NULL, NULL, NULL);
	if (max >= 1)
		cpuid(1, NULL, ebx, NULL, edx);
}

uint32_t
cpu_features(void)
{
	uint32_t ebx, edx;

	cpuid_leaf1(&ebx, &edx);
	return edx;
}

// SDM 2A, CPUID, and 3A, 2.5.
void
cpu_protect(void)
{
	uint32_t max = 0, ebx = 0, ecx = 0;

	if (cpu_has_cpuid())
		cpuid(0, &max, NULL, NULL, NULL);
	if (max >= 7)
		cpuid(7, NULL, &ebx, &ecx, NULL);

	cpu_has_smap = ebx & CPUID_7_EBX_SMAP;
	const uint32_t bits = (ebx & CPUID_7_EBX_SMEP ? CR4_SMEP : 0)
		| (cpu_has_smap ? CR4_SMAP : 0)
		| (ecx & CPUID_7_ECX_UMIP ? CR4_UMIP : 0);
	if (bits)			// a 486 has no CR4
		lcr4(rcr4() | bits);
}

// Others do not know these instructions.
void
user_memory_open(void)
{
	if (cpu_has_smap)
		stac();
}

void
user_memory_close(void)
{
	if (cpu_has_smap)
		clac();
}

// The boot CPU is cpus[0].  Tables of the firmware may name it again.
void
cpu_init(void)
{
	uint32_t ebx, edx;

	cpuid_leaf1(&ebx, &edx);
	cpu_has_lapic = edx & CPUID_1_EDX_APIC;
	cpu_has_tsc = edx & CPUID_1_EDX_TSC;

	cpu_add(ebx >> 24);		// its initial APIC id
	bootcpu = &cpus[0];
	bootcpu->cpu_status = CPU_STARTED;
}

void
cpu_add(uint8_t apicid)
{
	for (int i = 0; i < ncpu; i++)
		if (apicids[i] == apicid)
			return;
	if (ncpu == NCPU) {
		cprintf("SMP: too many CPUs, CPU %d disabled\n", apicid);
		return;
	}
	cpus[ncpu].cpu_id = ncpu;
	apicids[ncpu] = apicid;
	ncpu++;
}

uint8_t
cpu_apicid(int cpu)
{
	return apicids[cpu];
}

// The task register names our TSS and thereby us; reading it takes one
// instruction.  Only before trap_init_percpu has loaded it do we ask the
// local APIC.
int
cpunum(void)
{
	uint16_t sel = rtr();

	if (sel)
		return (sel - GD_TSS0) >> 3;

	int id = lapic_id();
	for (int i = 1; i < ncpu; i++)
		if (apicids[i] == id)
			return i;
	return 0;
}

// Flush, if somebody wants it done by the time we have the lock.
void
cpu_flush_due(void)
{
	int me = cpunum();

	if (flush_due[me]) {
		flush_due[me] = false;
		tlbflush();
	}
}

// What other CPUs want from this one; needs no lock.
void
cpu_service(void)
{
	int me = cpunum();

	if ((only_one && only_one != &cpus[me])
	    || (panicstr && panic_cpu != me))
		while (1)
			__asm__ volatile("cli; hlt");
	cpu_flush_due();
	if (flush_wanted[me]) {
		tlbflush();
		flush_wanted[me] = false;
	}
}

void
cpus_stop(void)
{
	only_one = thiscpu;
}

// It answers from trap(), for our interrupt brings it there from user mode, or
// from its wait for the lock that we hold.
void
cpu_bring_in(int cpu)
{
	flush_wanted[cpu] = true;
	lapic_ipi_to(cpu, IRQ_OFFSET + IRQ_WAKE);
	while (flush_wanted[cpu])
		pause();
}

// An entry of the kernel's part is gone, and none but the kernel uses it:
// others need to flush no sooner than when they get its lock, which is ours.
void
tlb_flush_later(void)
{
	int me = cpunum();

	for (int i = 0; i < ncpu; i++)
		if (i != me)
			flush_due[i] = true;
}

// A CPU can hold va in its TLB only while the environment with that
// directory is current on it.
void
tlb_shootdown(pde_t *pgdir, void *va)
{
	int me = cpunum();

	(void) va;			// they flush everything
	for (int i = 0; i < ncpu; i++) {
		struct Env *e = cpus[i].cpu_env;

		if (i != me && e && e->env_pgdir == pgdir)
			cpu_bring_in(i);
	}
}
