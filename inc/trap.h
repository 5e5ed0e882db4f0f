// inc/trap.h - trap numbers, and the register frames that traps leave.

#ifndef JOS_INC_TRAP_H
#define JOS_INC_TRAP_H

// Exceptions that the processor raises (SDM 3A, table 6-1)
#define T_DIVIDE	0		// divide error
#define T_DEBUG		1		// debug exception
#define T_NMI		2		// non-maskable interrupt
#define T_BRKPT		3		// int3
#define T_OFLOW		4		// into
#define T_BOUND		5		// bound
#define T_ILLOP		6		// undefined instruction
#define T_DEVICE	7		// no floating-point unit
#define T_DBLFLT	8		// double fault: a fault on entering one
#define T_TSS		10		// bad TSS
#define T_SEGNP		11		// segment not present
#define T_STACK		12		// stack segment
#define T_GPFLT		13		// general protection
#define T_PGFLT		14		// page fault
#define T_FPERR		16		// floating point
#define T_ALIGN		17		// unaligned access
#define T_MCHK		18		// machine check
#define T_SIMDERR	19		// SSE floating point

// Chosen by the kernel, not by the processor
#define T_SYSCALL	48		// system call
#define SYSCALL_SIZE	2		// bytes of int $T_SYSCALL
#define T_DEFAULT	500		// a trap with no other name

#define IRQ_OFFSET	32		// IRQ i is trap IRQ_OFFSET + i
#define IRQ_TIMER	0
#define IRQ_KBD		1
#define IRQ_SERIAL	4
#define IRQ_SPURIOUS	7
#define IRQ_IDE		14
#define IRQ_WAKE	18		// IPI: wakes a CPU, for it has work
#define IRQ_ERROR	19		// the local APIC reports an error

#ifndef __ASSEMBLER__

#include <inc/types.h>

// In the order in which pusha leaves them, lowest address first
struct PushRegs {
	uint32_t reg_edi;
	uint32_t reg_esi;
	uint32_t reg_ebp;
	uint32_t reg_oesp;		// popa ignores it
	uint32_t reg_ebx;
	uint32_t reg_edx;
	uint32_t reg_ecx;
	uint32_t reg_eax;
};

struct Trapframe {
	struct PushRegs tf_regs;
	uint16_t tf_es, tf_padding1;
	uint16_t tf_ds, tf_padding2;
	uint32_t tf_trapno;
	// The processor pushes the rest.  (For a trap without an error code,
	// its stub pushes a 0 as tf_err.)
	uint32_t tf_err;
	uintptr_t tf_eip;
	uint16_t tf_cs, tf_padding3;
	uint32_t tf_eflags;
	// Pushed only when the trap came from user mode
	uintptr_t tf_esp;
	uint16_t tf_ss, tf_padding4;
};

// What a program's page-fault handler finds on its exception stack
struct UTrapframe {
	uint32_t utf_fault_va;		// the address that faulted
	uint32_t utf_err;		// FEC_ bits
	struct PushRegs utf_regs;
	uintptr_t utf_eip;
	uint32_t utf_eflags;
	uintptr_t utf_esp;
};

_Static_assert(sizeof(struct PushRegs) == 32, "pusha");
_Static_assert(sizeof(struct Trapframe) == 68, "kern/trapentry.S");
_Static_assert(sizeof(struct UTrapframe) == 52, "lib/pfentry.S");

#endif // !__ASSEMBLER__

#endif // JOS_INC_TRAP_H
