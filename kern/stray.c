// kern/stray.c - interrupts that nobody asked for.
//
// A line of the PIC that somebody let through, an error of the local APIC, an
// interrupt that was withdrawn before it arrived, an NMI: they are no fault of
// whoever runs, so it goes on.  Each is acknowledged, where it has to be, and
// counted; each kind is reported once.
//
// Entry points: stray_take, which needs no lock; stray_report, under it.

#include <inc/stdio.h>
#include <inc/trap.h>

#include <kern/cpu.h>
#include <kern/picirq.h>
#include <kern/stray.h>

#define NVECTOR	(IRQ_OFFSET + IRQ_ERROR + 1)

static volatile uint32_t taken[NVECTOR];
static uint32_t reported[NVECTOR];

static bool
is_stray(uint32_t vector)
{
	switch (vector) {
	case T_NMI:
	case IRQ_OFFSET + IRQ_ERROR:
		return true;
	case IRQ_OFFSET + IRQ_TIMER:
	case IRQ_OFFSET + IRQ_KBD:
	case IRQ_OFFSET + IRQ_SERIAL:
		return false;
	default:
		return vector >= IRQ_OFFSET && vector < IRQ_OFFSET + 16;
	}
}

bool
stray_take(uint32_t vector)
{
	if (!is_stray(vector))
		return false;
	if (vector == T_NMI && watchdog_took_nmi())
		return true;
	if (taken[vector]++ == 0)
		ipi_request(cpunum(), IPI_DEVICES);
	if (vector != T_NMI) {
		pic_eoi(vector - IRQ_OFFSET);
		lapic_eoi_of(vector);
	}
	return true;
}

void
stray_report(void)
{
	for (uint32_t vector = 0; vector < NVECTOR; vector++) {
		if (taken[vector] == 0 || reported[vector]++ != 0)
			continue;
		if (vector == T_NMI)
			cprintf("NMI\n");
		else if (vector == IRQ_OFFSET + IRQ_ERROR)
			cprintf("Local APIC error %02x\n", lapic_errors());
		else
			cprintf("Spurious interrupt on irq %d\n",
				vector - IRQ_OFFSET);
	}
}
