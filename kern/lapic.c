// kern/lapic.c - the local APIC: this CPU's timer, and interrupts between CPUs.
//
// At one physical address, each CPU reaches its own local APIC.  On a machine
// without local APICs, CPU 0 is the only one, and its timer interrupts come
// from the PIT through the PIC.
//
// Intel SDM 3A, chapter 10 (APIC) and 8.4 (start-up of processors).
//
// Entry points: lapic_map, lapic_init, lapic_timer, lapic_eoi, lapic_eoi_of,
// lapic_errors, lapic_id; lapic_ipi, lapic_ipi_to, lapic_startap.

#include <inc/assert.h>
#include <inc/memlayout.h>
#include <inc/stdio.h>
#include <inc/string.h>
#include <inc/trap.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/debug/random.h>
#include <kern/debug/widen.h>
#include <kern/dev/fwcfg.h>
#include <kern/kclock.h>
#include <kern/pmap.h>

// Registers, as indices of 32-bit words (SDM 3A, table 10-1)
enum {
	LAPIC_ID	= 0x020 / 4,
	LAPIC_VERSION	= 0x030 / 4,
	LAPIC_TPR	= 0x080 / 4,	// task priority
	LAPIC_EOI	= 0x0B0 / 4,
	LAPIC_SVR	= 0x0F0 / 4,	// spurious vector
	LAPIC_ISR	= 0x100 / 4,	// in service; a bit a vector
	LAPIC_ESR	= 0x280 / 4,	// errors
	LAPIC_ICR_LOW	= 0x300 / 4,	// interrupt command
	LAPIC_ICR_HIGH	= 0x310 / 4,
	LAPIC_LVT_TIMER	= 0x320 / 4,
	LAPIC_LVT_PERF	= 0x340 / 4,
	LAPIC_LVT_LINT0	= 0x350 / 4,
	LAPIC_LVT_LINT1	= 0x360 / 4,
	LAPIC_LVT_ERROR	= 0x370 / 4,
	LAPIC_TIMER_INITIAL = 0x380 / 4,
	LAPIC_TIMER_DIVIDE = 0x3E0 / 4,
};

#define SVR_ENABLE	0x00000100
#define LVT_MASKED	0x00010000
#define LVT_NMI		0x00000400
#define TIMER_PERIODIC	0x00020000
#define TIMER_DIVIDE_1	0x0000000B
#define TIMER_COUNT	10000000	// a tick: 10 ms at QEMU's 1 GHz
#define TIMER_COUNT_MIN	50000		// shortest tick with opt/jos/preempt

#define ICR_FIXED	0x00000000
#define ICR_NMI		0x00000400
#define ICR_INIT	0x00000500
#define ICR_STARTUP	0x00000600
#define ICR_PENDING	0x00001000	// not yet delivered
#define ICR_ASSERT	0x00004000
#define ICR_LEVEL	0x00008000
#define ICR_OTHERS	0x000C0000

bool lapic_on;
static volatile uint32_t *lapic;	// the registers, once mapped

// Write a register, and read another one: when that returns, the write has
// arrived.
static void
lapic_write(int reg, uint32_t value)
{
	lapic[reg] = value;
	(void) lapic[LAPIC_ID];
}

int
lapic_id(void)
{
	return lapic ? lapic[LAPIC_ID] >> 24 : 0;
}

// ---------------------------------------------------------------- the timer
// With fw_cfg opt/jos/preempt=SEED, programs are interrupted at random moments,
// to find races: not every 10 ms, but 0.05 to 10 ms after the last tick, with
// short times as likely as long ones.

// The state of each CPU's random numbers; 0: ticks are regular
static uint32_t preempt_state[NCPU];

static void
preempt_init(void)
{
	char setting[16];

	if (fwcfg_string("opt/jos/preempt", setting, sizeof(setting)) < 0)
		return;

	uint32_t seed = strtol(setting, NULL, 0);

	cprintf("Ticks come at random, seed %u.\n", seed);
	for (int i = 0; i < NCPU; i++)
		preempt_state[i] = random_begin(seed, i);
}

// Start this CPU's timer from the beginning of a tick, or stop it.
void
lapic_timer(bool on)
{
	uint32_t *state = &preempt_state[cpunum()], count = TIMER_COUNT;

	if (*state) {
		const uint32_t r = random_next(state);
		const uint32_t limit = TIMER_COUNT >> (r >> 29);

		count = TIMER_COUNT_MIN + r % (limit - TIMER_COUNT_MIN);
	}
	if (lapic)
		lapic_write(LAPIC_TIMER_INITIAL, on ? count : 0);
}

// --------------------------------------------------------------- start-up

// Called by mp_init if there is a local APIC, with its registers mapped.
void
lapic_map(void *registers)
{
	lapic = registers;
	preempt_init();
}

// Called by each CPU.
void
lapic_init(void)
{
	if (!lapic)
		return;
	lapic_on = true;

	lapic_write(LAPIC_SVR, SVR_ENABLE | (IRQ_OFFSET + IRQ_SPURIOUS));
	lapic_write(LAPIC_TIMER_DIVIDE, TIMER_DIVIDE_1);
	lapic_write(LAPIC_LVT_TIMER,
		TIMER_PERIODIC | (IRQ_OFFSET + IRQ_TIMER));
	lapic_timer(true);

	// Only the boot CPU takes the PIC's interrupts (LINT0) and the
	// machine's NMIs (LINT1).
	if (thiscpu != bootcpu)
		lapic_write(LAPIC_LVT_LINT0, LVT_MASKED);
	lapic_write(LAPIC_LVT_LINT1,
		thiscpu == bootcpu ? LVT_NMI : LVT_MASKED);
	if ((lapic[LAPIC_VERSION] >> 16 & 0xFF) >= 4)
		lapic_write(LAPIC_LVT_PERF, LVT_MASKED);
	lapic_write(LAPIC_LVT_ERROR, IRQ_OFFSET + IRQ_ERROR);

	lapic_write(LAPIC_ESR, 0);	// two writes clear it
	lapic_write(LAPIC_ESR, 0);
	lapic_write(LAPIC_EOI, 0);
	lapic_write(LAPIC_TPR, 0);	// take interrupts of any priority
}

// ------------------------------------------------------------- interrupts

// Acknowledge the interrupt that this CPU's local APIC has delivered.
void
lapic_eoi(void)
{
	if (lapic)
		lapic_write(LAPIC_EOI, 0);
	if (preempt_state[cpunum()])
		lapic_timer(true);
}

// Acknowledge the interrupt unless it came through the PIC: then the local APIC
// has it not in service.
void
lapic_eoi_of(int vector)
{
	if (lapic && lapic[LAPIC_ISR + vector / 32 * 4] >> vector % 32 & 1)
		lapic_eoi();
}

uint32_t
lapic_errors(void)
{
	if (!lapic)
		return 0;
	lapic_write(LAPIC_ESR, 0);	// a write updates the register
	return lapic[LAPIC_ESR];
}

static void
send_command(uint8_t apicid, uint32_t command)
{
	lapic_write(LAPIC_ICR_HIGH, (uint32_t) apicid << 24);
	lapic_write(LAPIC_ICR_LOW, command);
	while (lapic[LAPIC_ICR_LOW] & ICR_PENDING)
		pause();
}

void
lapic_ipi_to(int cpu, int vector)
{
	widen();
	if (lapic)
		send_command(cpu_apicid[cpu], vector == T_NMI ? ICR_NMI
			: ICR_FIXED | (uint32_t) vector);
}

void
lapic_ipi(int vector)
{
	if (lapic)
		send_command(0, ICR_OTHERS | ICR_FIXED | vector);
}

// A read of this port, where there is no device, takes about a microsecond.
static void
delay_us(int us)
{
	while (us-- > 0)
		inb(0x84);
}

#define CMOS_SHUTDOWN	0xF		// tells the BIOS what a reset means
#define SHUTDOWN_JUMP	0x0A		// jump through the warm reset vector
#define WARM_VECTOR	0x467

struct WarmVector {
	uint16_t offset, segment;
} __attribute__((packed));

// Start a CPU in real mode at physical address addr, the start of a page below
// 1 MiB.  MP 1.4, B.4: after INIT, older processors run the BIOS, which jumps
// through the warm reset vector; others wait for STARTUP, which is sent twice.
void
lapic_startap(uint8_t apicid, uint32_t addr)
{
	struct WarmVector *warm_vector = KADDR(WARM_VECTOR);

	mc146818_write(CMOS_SHUTDOWN, SHUTDOWN_JUMP);
	warm_vector->offset = 0;
	warm_vector->segment = addr >> 4;

	send_command(apicid, ICR_INIT | ICR_LEVEL | ICR_ASSERT);
	delay_us(200);
	send_command(apicid, ICR_INIT | ICR_LEVEL);
	delay_us(100);
	for (int i = 0; i < 2; i++) {
		send_command(apicid, ICR_STARTUP | addr >> PGSHIFT);
		delay_us(200);
	}
}
