// kern/gates.c - the way in for interrupts that the labs do not have.
//
// trap_init is written in the labs, and need not know of what CPUs say to each
// other, nor of what their local APICs complain about.
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
