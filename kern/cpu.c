// kern/cpu.c - the list of CPUs, requests between CPUs, and the watchdog.
//
// Entry points: cpu_has_cpuid, cpu_features, cpu_protect; cpu_init, cpu_add,
// cpunum, other_cpu_running; ipi_request, ipi_take, ipi_poll,
// ipi_flush_wait, deferred_work_set; cpus_stop, cpu_wake_idle; tlb_flush_later,
// tlb_shootdown; watchdog_tick, watchdog_took_nmi.

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
static volatile uint32_t flush_waiter;	// the CPU that halts in ipi_flush_wait
volatile uint32_t ipi_requests[NCPU], deferred_work;
struct DeferredTicks deferred_ticks[NCPU];
uint32_t cpus_idle, wakeups;

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

// ---------------------------------------------------------------- requests

void
ipi_request(int cpu, uint32_t what)
{
	__sync_fetch_and_or(&ipi_requests[cpu], what);
	widen();
	__sync_fetch_and_or(&deferred_work, 1u << cpu);
}

bool
ipi_take(uint32_t what)
{
	const int me = cpunum();
	volatile uint32_t *mine = &ipi_requests[me];

	if (!(*mine & what))
		return false;

	// In this order, for another CPU may make a request at any moment.
	__sync_fetch_and_and(&deferred_work, ~(1u << me));
	widen();
	if (__sync_and_and_fetch(mine, ~what) != 0)
		__sync_fetch_and_or(&deferred_work, 1u << me);
	return true;
}

// Needs no lock.
void
ipi_poll(void)
{
	volatile uint32_t *mine = &ipi_requests[cpunum()];

	while (*mine & IPI_STOP)
		__asm__ volatile("cli; hlt");
	if (ipi_take(IPI_FLUSH_LATER))
		tlbflush();
	if (*mine & IPI_FLUSH) {
		tlbflush();
		widen();
		ipi_take(IPI_FLUSH);	// the CPU that waits may go on

		const uint32_t waiter = flush_waiter;

		if (waiter)
			lapic_ipi_to(__builtin_ctz(waiter),
				IRQ_OFFSET + IRQ_WAKE);
	}
}

void
cpus_stop(void)
{
	int me = cpunum();

	for (int i = 0; i < NCPU; i++)
		if (i != me)
			ipi_request(i, IPI_STOP);
}

// ---------------------------------------------------------------- watchdog
// A program that has got into virtual-8086 mode with interrupts off (leave_vm86
// in kern/trap.c) keeps its CPU for ever.  An NMI brings that CPU back into the
// kernel, and does no harm to a CPU that is just slow.

static volatile uint32_t nmi_sent;	// a bit for each CPU

static void
send_nmi(int cpu)
{
	__sync_fetch_and_or(&nmi_sent, 1u << cpu);
	lapic_ipi_to(cpu, T_NMI);
}

bool
watchdog_took_nmi(void)
{
	const uint32_t me = 1u << cpunum();

	return __sync_fetch_and_and(&nmi_sent, ~me) & me;
}

#define SILENCE	50			// own ticks without one of the other's

// Each CPU that runs a program has ticks, and watches the next CPU that runs
// one.  CPU 1 has ticks also when it is idle (sched_halt), or no CPU would
// watch CPU 0, to which all devices send their interrupts.
void
watchdog_tick(void)
{
	static volatile uint32_t ticks[NCPU];
	static struct {
		int cpu;		// the CPU that is watched
		uint32_t ticks;		// its ticks at the last check
		int silence;		// checks without a new tick
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
		return;
	}
	if (++watch[me].silence % SILENCE == 0)
		send_nmi(next);
	// Under -icount, QEMU 7.2 lets a CPU that computes run from tick to tick,
	// and has then no time left for the next one, which may be waiting for
	// the kernel lock.  After a pause it runs the next one.
	pause();
}

void
cpu_wake_idle(void)
{
	const int cpu = __builtin_ctz(cpus_idle);

	cpus_idle &= ~(1u << cpu);
	wakeups--;
	lapic_ipi_to(cpu, IRQ_OFFSET + IRQ_WAKE);
}

// How often ipi_flush_wait reads the request before it halts; and how often it
// is woken in vain before it sends an NMI.
#define LOOKS	100
#define WAKEUPS	10

// The other CPU flushes in ipi_poll: called by trap(), where the IPI brings it
// from user mode, or while it waits for the kernel lock.
void
ipi_flush_wait(int cpu)
{
	ipi_request(cpu, IPI_FLUSH);
	lapic_ipi_to(cpu, IRQ_OFFSET + IRQ_WAKE);
	for (int looks = 0; ipi_requests[cpu] & IPI_FLUSH; looks++) {
		if (looks >= LOOKS + WAKEUPS && looks % WAKEUPS == 0)
			send_nmi(cpu);
		if (looks < LOOKS) {
			pause();
			continue;
		}

		// The host may have no processor for the other CPU while this
		// CPU spins.  This CPU reads ipi_requests after it has set
		// flush_waiter, and the other CPU reads flush_waiter after its
		// flush: so either this CPU does not halt, or it is woken.
		xchg(&flush_waiter, 1u << cpunum());
		widen();
		if (ipi_requests[cpu] & IPI_FLUSH)
			wait_for_interrupt();
	}
	flush_waiter = 0;
}

// A kernel-only entry was removed.  This CPU holds the kernel lock, so the
// other CPUs need not flush before they next get it.
void
tlb_flush_later(void)
{
	int me = cpunum();

	for (int i = 0; i < ncpu; i++)
		if (i != me)
			ipi_request(i, IPI_FLUSH_LATER);
}

// A CPU can have va in its TLB only while an environment with this page
// directory is its curenv.
void
tlb_shootdown(pde_t *pgdir, void *va)
{
	int me = cpunum();

	(void) va;			// they flush everything
	for (int i = 0; i < ncpu; i++) {
		struct Env *e = cpus[i].cpu_env;

		if (i != me && e && e->env_pgdir == pgdir)
			ipi_flush_wait(i);
	}
}
