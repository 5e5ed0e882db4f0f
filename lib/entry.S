# lib/entry.S - the start of a program, and the addresses of kernel tables.
#
# Entry point: _start, where a program begins.  %esp is
#   USTACKTOP	if the kernel loaded the program: the stack is empty;
#   lower	if spawn did: argc lies at %esp, argv above it.

#include <inc/mmu.h>
#include <inc/memlayout.h>

# The kernel maps its tables of environments and pages, and the environment's
# own page tables, read-only in every environment (inc/memlayout.h).
	.globl	envs, pages, uvpt, uvpd
	.set	envs, UENVS
	.set	pages, UPAGES
	.set	uvpt, UVPT
	.set	uvpd, UVPT + (UVPT >> PTXSHIFT) * 4

# thisenv has a page to itself: sfork shares all variables but this one.
	.bss
	.globl	thisenv
	.balign	PGSIZE
	.type	thisenv, @object
	.size	thisenv, 4
thisenv:
	.space	PGSIZE

# 1. end the chain of frame pointers, for backtraces
# 2. without arguments, push argv = NULL and argc = 0
# 3. libmain(argc, argv), which does not return
	.text
	.globl	_start
	.type	_start, @function
_start:
	xorl	%ebp, %ebp		# 1

	cmpl	$USTACKTOP, %esp	# 2
	jb	have_args
	pushl	%ebp
	pushl	%ebp

have_args:
	call	libmain			# 3
spin:
	jmp	spin
	.size	_start, . - _start
