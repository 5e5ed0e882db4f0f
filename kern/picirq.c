// kern/picirq.c - the two 8259A interrupt controllers, and the timer that
// feeds them where there is no local APIC.
//
// Intel 8259A data sheet (initialization and operation command words); Intel
// 8254 data sheet (mode 2).
//
// Entry points: pic_silence, pic_init, pic_eoi, irq_setmask_8259A.

#include <inc/stdio.h>
#include <inc/trap.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/lab.h>
#include <kern/picirq.h>

// All lines but the slave's are masked until a driver wants them.
uint16_t irq_mask_8259A = 0xFFFF & ~(1 << IRQ_SLAVE);
bool pic_ready;

#define ICW1_INIT	0x11		// edge triggered, cascaded, with ICW4
#define ICW4_8086	0x01
#define ICW4_AUTO_EOI	0x02
#define OCW2_EOI	0x20
#define OCW3_READ_IRR	0x0A
#define OCW3_SPECIAL	0x68		// special mask mode

// Give one controller its four initialization words.
static void
init_controller(int port, int offset, int cascade, int icw4)
{
	outb(port, ICW1_INIT);
	outb(port + 1, offset);		// vector of its first line
	outb(port + 1, cascade);
	outb(port + 1, icw4);
	outb(port, OCW3_SPECIAL);
	outb(port, OCW3_READ_IRR);
}

#define PIT_COUNTER_0	0x40
#define PIT_CONTROL	0x43
#define PIT_RATE_0	0x34		// counter 0, both bytes, mode 2
#define PIT_HZ		1193182
#define TICKS_HZ	100

static void
pit_init(void)
{
	outb(PIT_CONTROL, PIT_RATE_0);
	outb(PIT_COUNTER_0, PIT_HZ / TICKS_HZ % 256);
	outb(PIT_COUNTER_0, PIT_HZ / TICKS_HZ / 256);
}

// Mask all lines.  The firmware leaves some unmasked, with vectors that are
// those of exceptions.
void
pic_silence(void)
{
	outb(IO_PIC1 + 1, 0xFF);
	outb(IO_PIC2 + 1, 0xFF);
}

void
pic_init(void)
{
	pic_ready = true;

	pic_silence();			// until both are set up
	init_controller(IO_PIC1, IRQ_OFFSET, 1 << IRQ_SLAVE,
		ICW4_8086 | ICW4_AUTO_EOI);
	init_controller(IO_PIC2, IRQ_OFFSET + 8, IRQ_SLAVE, ICW4_8086);

	uint16_t wanted = 1 << IRQ_SLAVE | 1 << IRQ_KBD;
	if (lab->fs)
		wanted |= 1 << IRQ_SERIAL;
	if (!lapic_on) {
		pit_init();
		wanted |= 1 << IRQ_TIMER;
	}
	irq_setmask_8259A(~wanted);
}

// Acknowledge interrupt irq.  Only the slave waits for that, and ignores it if
// it has no interrupt in service; the master acknowledges its own.
void
pic_eoi(unsigned irq)
{
	if (pic_ready && irq >= 8 && irq < MAX_IRQS)
		outb(IO_PIC2, OCW2_EOI);
}

// Mask the lines whose bit in mask is 1, and unmask all others.
void
irq_setmask_8259A(uint16_t mask)
{
	irq_mask_8259A = mask;
	if (!pic_ready)
		return;
	outb(IO_PIC1 + 1, mask);
	outb(IO_PIC2 + 1, mask >> 8);

	cprintf("enabled interrupts:");
	for (int irq = 0; irq < MAX_IRQS; irq++)
		if (!(mask & 1 << irq))
			cprintf(" %d", irq);
	cprintf("\n");
}
