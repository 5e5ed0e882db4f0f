// kern/spurious.c - spurious interrupts: those that no driver expects.
//
// Spurious are an interrupt that was withdrawn before it arrived, a line of the
// PIC that has no driver, an error of the local APIC, an NMI.  The interrupted
// program has not caused it, so the program goes on.  Each interrupt is
// counted, and acknowledged if it has to be; each kind is reported once.
//
// Entry points: spurious_take, which needs no lock; spurious_report, which
// needs the kernel lock.

#include <inc/stdio.h>
#include <inc/trap.h>

#include <kern/cpu.h>
#include <kern/picirq.h>
#include <kern/spurious.h>

#define NVECTOR	(IRQ_OFFSET + IRQ_ERROR + 1)

static volatile uint32_t taken[NVECTOR];
static uint32_t reported[NVECTOR];

static bool
is_spurious(uint32_t vector)
{
	const uint32_t irq = vector - IRQ_OFFSET;

	if (vector == T_NMI || irq == IRQ_ERROR)
		return true;
	return irq < MAX_IRQS && irq != IRQ_TIMER && irq != IRQ_KBD
		&& irq != IRQ_SERIAL;
}

bool
spurious_take(uint32_t vector)
{
	if (!is_spurious(vector))
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
spurious_report(void)
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
