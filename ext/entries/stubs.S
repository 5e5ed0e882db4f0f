# ext/entries/stubs.S - counts a trap, and goes on to the plain kernel's stub.
#
# The data segment is still the program's, which may be none: the stack's is the
# kernel's.  No register changes but the flags, which the processor has saved.

	.macro COUNT name, counter, stub
	.globl	\name
	.type	\name, @function
\name:
	lock incl %ss:\counter
	jmp	*%ss:\stub
	.size	\name, . - \name
	.endm

	.text
	COUNT	entries_count_syscall, entries_syscalls, entries_stub_syscall
	COUNT	entries_count_pgflt, entries_pgflts, entries_stub_pgflt

	.section .note.GNU-stack, "", @progbits
