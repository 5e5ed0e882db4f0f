# kern/trapentry.S - the first instructions of every trap.
#
# The processor does not tell a handler which trap it is, and pushes an error
# code for some traps only.  So each vector has a stub of its own that makes
# the stack look the same for all:
#
#	tf_ss, tf_esp		by the processor, from user mode only
#	tf_eflags, tf_cs, tf_eip	by the processor
#	tf_err			by the processor, or a 0 by the stub
#	tf_trapno		by the stub
#	tf_ds, tf_es, tf_regs	by _alltraps
#
# The stubs also make a table, trap_vectors, from which trap_init fills the
# interrupt descriptor table: adding a trap is adding a line here.

#include <inc/memlayout.h>
#include <inc/mmu.h>
#include <inc/trap.h>

.macro VECTOR name, num
	.pushsection .rodata
	.long	\num, \name
	.popsection
.endm

.macro STUB name, num, push_zero
	.globl	\name
	.type	\name, @function
	.p2align 2
	VECTOR	\name, \num
\name:
	.ifc	\push_zero, yes
	pushl	$0
	.endif
	pushl	$\num
	jmp	_alltraps
	.size	\name, . - \name
.endm

# A trap for which the processor pushes an error code, and one for which it
# does not.
#define TRAPHANDLER(name, num)		STUB name, (num), no
#define TRAPHANDLER_NOEC(name, num)	STUB name, (num), yes

	.section .rodata
	.p2align 2
	.globl	trap_vectors
trap_vectors:

	.text
	TRAPHANDLER_NOEC(trap_divide, T_DIVIDE)
	TRAPHANDLER_NOEC(trap_debug, T_DEBUG)
	TRAPHANDLER_NOEC(trap_nmi, T_NMI)
	TRAPHANDLER_NOEC(trap_brkpt, T_BRKPT)
	TRAPHANDLER_NOEC(trap_oflow, T_OFLOW)
	TRAPHANDLER_NOEC(trap_bound, T_BOUND)
	TRAPHANDLER_NOEC(trap_illop, T_ILLOP)
	TRAPHANDLER_NOEC(trap_device, T_DEVICE)
	TRAPHANDLER(trap_dblflt, T_DBLFLT)
	TRAPHANDLER(trap_tss, T_TSS)
	TRAPHANDLER(trap_segnp, T_SEGNP)
	TRAPHANDLER(trap_stack, T_STACK)
	TRAPHANDLER(trap_gpflt, T_GPFLT)
	TRAPHANDLER(trap_pgflt, T_PGFLT)
	TRAPHANDLER_NOEC(trap_fperr, T_FPERR)
	TRAPHANDLER(trap_align, T_ALIGN)
	TRAPHANDLER_NOEC(trap_mchk, T_MCHK)
	TRAPHANDLER_NOEC(trap_simderr, T_SIMDERR)

	TRAPHANDLER_NOEC(irq_timer, IRQ_OFFSET + IRQ_TIMER)
	TRAPHANDLER_NOEC(irq_kbd, IRQ_OFFSET + IRQ_KBD)
	TRAPHANDLER_NOEC(irq_2, IRQ_OFFSET + 2)
	TRAPHANDLER_NOEC(irq_3, IRQ_OFFSET + 3)
	TRAPHANDLER_NOEC(irq_serial, IRQ_OFFSET + IRQ_SERIAL)
	TRAPHANDLER_NOEC(irq_5, IRQ_OFFSET + 5)
	TRAPHANDLER_NOEC(irq_6, IRQ_OFFSET + 6)
	TRAPHANDLER_NOEC(irq_spurious, IRQ_OFFSET + IRQ_SPURIOUS)
	TRAPHANDLER_NOEC(irq_8, IRQ_OFFSET + 8)
	TRAPHANDLER_NOEC(irq_9, IRQ_OFFSET + 9)
	TRAPHANDLER_NOEC(irq_10, IRQ_OFFSET + 10)
	TRAPHANDLER_NOEC(irq_11, IRQ_OFFSET + 11)
	TRAPHANDLER_NOEC(irq_12, IRQ_OFFSET + 12)
	TRAPHANDLER_NOEC(irq_13, IRQ_OFFSET + 13)
	TRAPHANDLER_NOEC(irq_ide, IRQ_OFFSET + IRQ_IDE)
	TRAPHANDLER_NOEC(irq_15, IRQ_OFFSET + 15)
	TRAPHANDLER_NOEC(trap_syscall, T_SYSCALL)

	.section .rodata
	.globl	trap_vectors_end
trap_vectors_end:

	.text

# From all stubs:
#   1. complete the struct Trapframe; it ends where the stack pointer now is
#   2. use the kernel's data segments
#   3. call trap(frame), which goes back by itself
	.globl	_alltraps
	.type	_alltraps, @function
_alltraps:
	pushl	%ds				# 1
	pushl	%es
	pushal

	movl	$GD_KD, %eax			# 2
	movw	%ax, %ds
	movw	%ax, %es

	pushl	%esp				# 3
	call	trap
	.size	_alltraps, . - _alltraps

	.section .note.GNU-stack, "", @progbits
