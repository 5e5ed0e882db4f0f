# ext/sysenter/lib/fastcall.S - a system call by SYSENTER, or by the interrupt
# where there is no SYSENTER.
#
# The same registers as for int $T_SYSCALL, and all but %eax are kept.  SYSENTER
# loses the program's place, and SYSEXIT takes it from %ecx and %edx: so the stub
# saves those two, and the two in which it tells the kernel (sysenter.h).  The
# last word it pushes is %esi, the fifth argument.

#include <inc/trap.h>

	.data
	.p2align 2
	.globl	fast_way
fast_way:
	.long	ask			# then by_sysenter or by_int

	.text
	.globl	fast_call
	.type	fast_call, @function
fast_call:
	jmp	*fast_way

# The first call of the program
ask:
	pushal
	call	fast_choose
	popal
	jmp	*fast_way

	.globl	by_int
by_int:
	int	$T_SYSCALL
	ret

	.globl	by_sysenter
by_sysenter:
	pushl	%ecx
	pushl	%edx
	pushl	%ebp
	pushl	%esi
	movl	%esp, %ebp
	movl	$1f, %esi
	sysenter
	int	$T_SYSCALL		# only if the kernel wants the call again
1:	popl	%esi
	popl	%ebp
	popl	%edx
	popl	%ecx
	ret
	.size	fast_call, . - fast_call

	.section .note.GNU-stack, "", @progbits
