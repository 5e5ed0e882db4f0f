# ext/exceptions/lib/exentry.S - from an exception to the program's handler, and
# back.
#
# Entry point: _exception_upcall.  The kernel enters it on the exception stack,
# with %esp at a struct UTrapframe.
#
# The way back is iret, where lib/pfentry.S has popf and ret: if the program was
# being single-stepped, popf would raise the next debug exception here, before
# ret; after iret, the first instruction that it goes back to comes first.
#
#   1. call exception_dispatch; C expects the direction flag to be clear
#   2. put what iret pops on the stack that was interrupted: eip, cs, eflags.
#      If that is the exception stack, the kernel has left EXCEPTION_GAP bytes
#   3. restore the registers
#   4. change to that stack, and return

#include <ext/exceptions/exceptions.h>

#define UTF_REGS	8
#define UTF_EIP		40
#define UTF_EFLAGS	44
#define UTF_ESP		48

	.text
	.globl	_exception_upcall
	.type	_exception_upcall, @function
_exception_upcall:
	cld					# 1
	pushl	%esp
	call	exception_dispatch
	popl	%eax

	subl	$EXCEPTION_GAP, UTF_ESP(%esp)	# 2
	movl	UTF_ESP(%esp), %edx
	movl	UTF_EIP(%esp), %eax
	movl	%eax, (%edx)
	movw	%cs, 4(%edx)
	movl	UTF_EFLAGS(%esp), %eax
	movl	%eax, 8(%edx)

	leal	UTF_REGS(%esp), %esp		# 3
	popal

	movl	UTF_ESP-UTF_EIP(%esp), %esp	# 4
	iret
	.size	_exception_upcall, . - _exception_upcall

	.section .note.GNU-stack, "", @progbits
