// kern/cpu.c - the processors: a list of them, and asking them for things.
//
// Entry points: cpu_has_cpuid, cpu_features, cpu_protect; user_memory_open and
// user_memory_close; cpu_init, cpu_add, cpunum, other_cpu_running;
// cpu_order, cpu_take_order, cpu_service; cpus_stop,
// cpu_call_idle, cpu_bring_in, tlb_flush_later and tlb_shootdown give orders;
// cpu_watch and cpu_take_nmi.

#include <inc/assert.h>
#include <inc/trap.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/debug/widen.h>

struct CpuInfo cpus[NCPU];
struct TssOwner cpu_of_tss[(GD_DBLFLT >> 3) + 1] = {
	[0].cpu = &cpus[0],
	[GD_TSS0 >> 3] = { &cpus[0], 0 }, { &cpus[1], 0 }, { &cpus[2], 0 },
		{ &cpus[3], 0 }, { &cpus[4], 0 }, { &cpus[5], 0 },
		{ &cpus[6], 0 }, { &cpus[7], 0 },
};
_Static_assert(NCPU == 8, "cpu_of_tss lists them");
int ncpu;
struct CpuInfo *bootcpu;
bool cpu_has_lapic, cpu_has_tsc, cpu_has_smap;

// Kernel stacks; inc/memlayout.h says where they are mapped.
unsigned char percpu_kstacks[NCPU][KSTKSIZE]
	__attribute__((aligned(PGSIZE)));

uint8_t cpu_apicid[NCPU];
static volatile uint32_t asker;		// the CPU that sleeps in cpu_bring_in
volatile uint32_t cpu_orders[NCPU], cpus_with_orders;
struct CpuTicks cpu_ticks[NCPU];
uint32_t cpus_idle, cpu_work;

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
		if (cpu_apicid[i] == apicid)
			return;
	if (ncpu == NCPU) {
		cprintf("SMP: too many CPUs, CPU %d disabled\n", apicid);
		return;
	}
	cpus[ncpu].cpu_id = ncpu;
	cpu_apicid[ncpu] = apicid;
	ncpu++;
}

int
other_cpu_running(const struct Env *e)
{
	for (int i = 0; i < ncpu; i++)
		if (cpus[i].cpu_env == e && i != cpunum())
			return i;
	return -1;
}

// ------------------------------------------------------------------ orders

void
cpu_order(int cpu, uint32_t what)
{
	__sync_fetch_and_or(&cpu_orders[cpu], what);
	widen();
	__sync_fetch_and_or(&cpus_with_orders, 1u << cpu);
}

bool
cpu_take_order(uint32_t what)
{
	const int me = cpunum();
	volatile uint32_t *mine = &cpu_orders[me];

	if (!(*mine & what))
		return false;

	// In this order, for another CPU may give an order at any moment.
	__sync_fetch_and_and(&cpus_with_orders, ~(1u << me));
	widen();
	if (__sync_and_and_fetch(mine, ~what) != 0)
		__sync_fetch_and_or(&cpus_with_orders, 1u << me);
	return true;
}

// Needs no lock.
void
cpu_service(void)
{
	volatile uint32_t *mine = &cpu_orders[cpunum()];

	while (*mine & CPU_STOP)
		__asm__ volatile("cli; hlt");
	if (cpu_take_order(CPU_FLUSH_LATER))
		tlbflush();
	if (*mine & CPU_FLUSH) {
		tlbflush();
		widen();
		cpu_take_order(CPU_FLUSH);	// whoever asked sees it now

		const uint32_t who = asker;

		if (who)
			lapic_ipi_to(__builtin_ctz(who),
				IRQ_OFFSET + IRQ_WAKE);
	}
}

void
cpus_stop(void)
{
	int me = cpunum();

	for (int i = 0; i < NCPU; i++)
		if (i != me)
			cpu_order(i, CPU_STOP);
}

// ------------------------------------------------- CPUs that do not answer
// A program that has got into virtual-8086 mode with interrupts off (leave_vm86
// in kern/trap.c) takes its CPU away from everybody.  An NMI brings that back,
// and does no harm to one that is just slow.

static volatile uint32_t nmi_sent;	// a bit each

static void
send_nmi(int cpu)
{
	__sync_fetch_and_or(&nmi_sent, 1u << cpu);
	lapic_ipi_to(cpu, T_NMI);
}

bool
cpu_take_nmi(void)
{
	const uint32_t me = 1u << cpunum();

	return __sync_fetch_and_and(&nmi_sent, ~me) & me;
}

#define SILENCE	50			// own ticks without one of the other's

// Each CPU that runs a program has ticks, and watches the next of those.  So
// CPU 1 has them also when it is idle (sched_halt), or nobody would watch CPU
// 0, to which all devices talk.
void
cpu_watch(void)
{
	static volatile uint32_t ticks[NCPU];
	static struct {
		int cpu;		// whom we watch
		uint32_t ticks;		// that it had when we last looked
		int silence;		// how often it had no more than those
	} watch[NCPU];
	const int me = cpunum();
	int next = me;

	ticks[me]++;
	do
		next = (next + 1) % ncpu;
	while (next != me && !cpus[next].cpu_env);
	if (next == me)
		return;
	if (watch[me].cpu != next || watch[me].ticks != ticks[next]) {
		watch[me].cpu = next;
		watch[me].ticks = ticks[next];
		watch[me].silence = 0;
	} else if (++watch[me].silence % SILENCE == 0)
		send_nmi(next);
}

void
cpu_call_idle(void)
{
	const int cpu = __builtin_ctz(cpus_idle);

	cpus_idle &= ~(1u << cpu);
	cpu_work--;
	lapic_ipi_to(cpu, IRQ_OFFSET + IRQ_WAKE);
}

// How often to look whether a CPU has come, before going to sleep until then;
// and how often to be woken in vain before it is taken for dead.
#define LOOKS	100
#define WAKEUPS	10

// It answers from trap(), for our interrupt brings it there from user mode, or
// from its wait for the lock that we hold.
void
cpu_bring_in(int cpu)
{
	cpu_order(cpu, CPU_FLUSH);
	lapic_ipi_to(cpu, IRQ_OFFSET + IRQ_WAKE);
	for (int looks = 0; cpu_orders[cpu] & CPU_FLUSH; looks++) {
		if (looks >= LOOKS + WAKEUPS && looks % WAKEUPS == 0)
			send_nmi(cpu);
		if (looks < LOOKS) {
			pause();
			continue;
		}

		// The host may have no processor for that CPU while we use it.
		// We look again after our bit is set, and that CPU looks for
		// it after it has obeyed: one of us sees the other.
		xchg(&asker, 1u << cpunum());
		widen();
		if (cpu_orders[cpu] & CPU_FLUSH)
			wait_for_interrupt();
	}
	asker = 0;
}

// An entry of the kernel's part is gone, and none but the kernel uses it:
// others need to flush no sooner than when they get its lock, which is ours.
void
tlb_flush_later(void)
{
	int me = cpunum();

	for (int i = 0; i < ncpu; i++)
		if (i != me)
			cpu_order(i, CPU_FLUSH_LATER);
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
