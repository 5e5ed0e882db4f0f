# ext/sysenter/entry.S - where SYSENTER comes in, and SYSEXIT goes out.
#
# At the entry only %cs, %ss, %eip and %esp are the kernel's, and interrupts are
# off.  All else is what the program left: flags, %ds and %es may be anything.
#
#   1. complete a struct Trapframe, as if by int $T_SYSCALL at the return address;
#      its interrupt flag is off, for step 4
#   2. use flat data segments, the program's: after SYSEXIT they are right
#   3. call sysenter_call(frame).  If it returns, the registers that C functions
#      keep are the program's again; %ecx and %edx are the way out
#   4. load the program's flags; interrupts come in after SYSEXIT, as sti takes
#      effect one instruction later
#
# The flags are loaded with a constant at once: TF would trap after each
# instruction, NT would make an iret switch tasks, AC would open the memory of
# programs (SMAP), and IOPL and DF are the program's affair, too.

#include <inc/memlayout.h>
#include <inc/mmu.h>
#include <inc/trap.h>

#define TF_EIP	48			// offsets in struct Trapframe

	.text
	.globl	sysenter_entry
	.type	sysenter_entry, @function
sysenter_entry:
	pushl	$(GD_UD | 3)			# 1
	pushl	%ebp
	pushfl
	pushl	$2
	popfl
saved_flags:
	pushl	$(GD_UT | 3)
	pushl	%esi
	pushl	$0
	pushl	$T_SYSCALL
	pushl	$(GD_UD | 3)
	pushl	$(GD_UD | 3)
	pushal
	movl	$(GD_UD | 3), %eax		# 2
	movw	%ax, %ds
	movw	%ax, %es
	pushl	%esp				# 3
	call	sysenter_call
	addl	$(4 + TF_EIP), %esp
	popl	%edx				# 4
	addl	$4, %esp
	popfl
	popl	%ecx
	sti
	sysexit
	.size	sysenter_entry, . - sysenter_entry

# A program that had TF set single-steps into sysenter_entry: the trap comes
# after SYSENTER, in the kernel, before the first instruction there.  Go on as if
# that one had pushed the flags with TF, and clear it.  All other debug traps are
# the plain kernel's.
	.globl	sysenter_debug
	.type	sysenter_debug, @function
sysenter_debug:
	cmpl	$sysenter_entry, (%esp)
	jne	1f
	pushl	8(%esp)				# the eflags of this trap go
	popl	(%esp)				# where its eip was, and so on
	andl	$~FL_IF, (%esp)
	movl	%ebp, 4(%esp)
	movl	$(GD_UD | 3), 8(%esp)
	jmp	saved_flags
1:	jmp	*%ss:sysenter_plain_debug
	.size	sysenter_debug, . - sysenter_debug

	.section .note.GNU-stack, "", @progbits
