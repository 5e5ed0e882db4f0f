# Stubs for the vectors that the labs name, and no others; every header that
# such a file may ask for.

#include <inc/memlayout.h>
#include <inc/mmu.h>
#include <inc/trap.h>
#include <kern/picirq.h>

#define STUB(name, num)					\
	.globl name; .type name, @function; name:	\
	pushl $(num); jmp _alltraps
#define STUB_0(name, num)				\
	.globl name; .type name, @function; name:	\
	pushl $0; pushl $(num); jmp _alltraps
#define IRQ(num)					\
	stub_irq##num: pushl $0; pushl $(IRQ_OFFSET + num); jmp _alltraps

	.text
	STUB_0(stub_divide, T_DIVIDE)
	STUB_0(stub_debug, T_DEBUG)
	STUB_0(stub_nmi, T_NMI)
	STUB_0(stub_brkpt, T_BRKPT)
	STUB_0(stub_oflow, T_OFLOW)
	STUB_0(stub_bound, T_BOUND)
	STUB_0(stub_illop, T_ILLOP)
	STUB_0(stub_device, T_DEVICE)
	STUB(stub_dblflt, T_DBLFLT)
	STUB(stub_tss, T_TSS)
	STUB(stub_segnp, T_SEGNP)
	STUB(stub_stack, T_STACK)
	STUB(stub_gpflt, T_GPFLT)
	STUB(stub_pgflt, T_PGFLT)
	STUB_0(stub_fperr, T_FPERR)
	STUB(stub_align, T_ALIGN)
	STUB_0(stub_mchk, T_MCHK)
	STUB_0(stub_simderr, T_SIMDERR)
	STUB_0(stub_syscall, T_SYSCALL)
	IRQ(0)
	IRQ(1)
	IRQ(2)
	IRQ(3)
	IRQ(4)
	IRQ(5)
	IRQ(6)
	IRQ(7)
	IRQ(8)
	IRQ(9)
	IRQ(10)
	IRQ(11)
	IRQ(12)
	IRQ(13)
	IRQ(14)
	IRQ(15)

_alltraps:
	pushl %ds
	pushl %es
	pushal
	movw $GD_KD, %ax
	movw %ax, %ds
	movw %ax, %es
	pushl %esp
	call trap

	.section .rodata
	.globl stub_irq
stub_irq:
	.long stub_irq0, stub_irq1, stub_irq2, stub_irq3
	.long stub_irq4, stub_irq5, stub_irq6, stub_irq7
	.long stub_irq8, stub_irq9, stub_irq10, stub_irq11
	.long stub_irq12, stub_irq13, stub_irq14, stub_irq15
