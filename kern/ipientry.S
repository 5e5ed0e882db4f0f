# kern/ipientry.S - the first instructions of interrupts that the labs do not
# have.
#
# As in kern/trapentry.S, which is written in the labs and may have any names.

#include <inc/memlayout.h>
#include <inc/mmu.h>
#include <inc/trap.h>

	.text
	.globl	ipi_wake
	.type	ipi_wake, @function
ipi_wake:
	pushl	$0
	pushl	$(IRQ_OFFSET + IRQ_WAKE)
	jmp	save_registers
	.size	ipi_wake, . - ipi_wake

	.globl	lapic_error
	.type	lapic_error, @function
lapic_error:
	pushl	$0
	pushl	$(IRQ_OFFSET + IRQ_ERROR)
	.size	lapic_error, . - lapic_error

	.type	save_registers, @function
save_registers:
	pushl	%ds
	pushl	%es
	pushal
	movl	$GD_KD, %eax
	movw	%ax, %ds
	movw	%ax, %es
	pushl	%esp
	call	trap
	.size	save_registers, . - save_registers

	.section .note.GNU-stack, "", @progbits
