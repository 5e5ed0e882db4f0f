# lib/pfentry.S - from a page fault to the program's handler, and back.
#
# Entry point: _pgfault_upcall.  The kernel enters it on the exception stack,
# with %esp at a struct UTrapframe (inc/trap.h).
#
# To return to the faulting code, %esp and %eip must be restored last, and
# together.  ret does that if the address to return to is on top of the
# faulting stack.
#
#   1. call the handler; C expects the direction flag to be clear
#   2. make room for a word on the faulting stack, and put utf_eip there
#   3. restore the registers
#   4. restore the flags: from here on nothing may change them
#   5. change to the faulting stack; ret takes the word from step 2
#
# If the handler itself faulted, the faulting stack is the exception stack.
# The word of step 2 is then the one that the kernel leaves free between two
# struct UTrapframes.

#define UTF_REGS	8
#define UTF_EIP		40
#define UTF_EFLAGS	44
#define UTF_ESP		48

	.text
	.globl	_pgfault_upcall
	.type	_pgfault_upcall, @function
_pgfault_upcall:
	cld					# 1
	pushl	%esp
	call	*_pgfault_handler
	popl	%eax

	movl	UTF_EIP(%esp), %ecx		# 2
	subl	$4, UTF_ESP(%esp)
	movl	UTF_ESP(%esp), %edx
	movl	%ecx, (%edx)

	leal	UTF_REGS(%esp), %esp		# 3
	popal

	leal	UTF_EFLAGS-UTF_EIP(%esp), %esp	# 4
	popfl

	popl	%esp				# 5
	ret
	.size	_pgfault_upcall, . - _pgfault_upcall
