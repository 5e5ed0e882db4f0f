# kern/ipientry.S - the first instructions of interrupts that the labs do not
# have.
#
# These repeat what _alltraps in kern/trapentry.S does, since a student's file
# may have other names.

#include <inc/memlayout.h>
#include <inc/mmu.h>
#include <inc/trap.h>

# Complete the struct Trapframe, and use the kernel's data segments.
.macro SAVE_REGISTERS
	pushl	%ds
	pushl	%es
	pushal
	movl	$GD_KD, %eax
	movw	%ax, %ds
	movw	%ax, %es
.endm

	.text
	.globl	ipi_wake
	.type	ipi_wake, @function
ipi_wake:
	pushl	$0
	pushl	$(IRQ_OFFSET + IRQ_WAKE)
	SAVE_REGISTERS
	# Acknowledge at once: another CPU must be able to send the next IPI
	# while this one waits for the kernel lock.
	cld
	call	lapic_eoi
	pushl	%esp
	call	trap
	.size	ipi_wake, . - ipi_wake

	.globl	lapic_error
	.type	lapic_error, @function
lapic_error:
	pushl	$0
	pushl	$(IRQ_OFFSET + IRQ_ERROR)
	SAVE_REGISTERS
	pushl	%esp
	call	trap
	.size	lapic_error, . - lapic_error

	.section .note.GNU-stack, "", @progbits
