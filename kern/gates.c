// kern/gates.c - IDT entries of interrupts that the labs do not have.
//
// Students write trap_init, which need not know about IPIs and the errors of a
// local APIC.
//
// Entry point: gates_init, after trap_init.

#include <inc/memlayout.h>
#include <inc/mmu.h>
#include <inc/trap.h>

#include <kern/gates.h>
#include <kern/trap.h>

// kern/ipientry.S
void ipi_wake(void);
void lapic_error(void);

void
gates_init(void)
{
	SETGATE(idt[IRQ_OFFSET + IRQ_WAKE], 0, GD_KT, ipi_wake, 0);
	SETGATE(idt[IRQ_OFFSET + IRQ_ERROR], 0, GD_KT, lapic_error, 0);
}
