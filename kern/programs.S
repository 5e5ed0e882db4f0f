// kern/programs.S - the programs linked into the kernel, each as the bytes of
// its ELF file, and a table of them.
//
// The list is made from the files in user/: obj/kern/programs.inc has a line
// program "FOLDER", "NAME", "FILE" for each.  Symbols are in quotes, as a name
// may have a hyphen.
//
// Symbols: programs, an array of struct Program (kern/firstenv.h) that ends
// with a null name; and for each program, with its file obj/load/user/hello
// as the example, _binary_obj_user_hello_start, ..._end and ..._size.

	.macro	program folder, name, file
	.section .programs, "a"
	.balign	4
	.globl	"_binary_obj_\folder\()_\name\()_start"
"_binary_obj_\folder\()_\name\()_start":
	.incbin	"\file"
	.globl	"_binary_obj_\folder\()_\name\()_end"
"_binary_obj_\folder\()_\name\()_end":
	.globl	"_binary_obj_\folder\()_\name\()_size"
	.set	"_binary_obj_\folder\()_\name\()_size", \
		"_binary_obj_\folder\()_\name\()_end" - \
		"_binary_obj_\folder\()_\name\()_start"
1:	.asciz	"\folder\()_\name"

	.section .rodata.programs, "a"
	.long	1b
	.long	"_binary_obj_\folder\()_\name\()_start"
	.long	"_binary_obj_\folder\()_\name\()_size"
	.endm

	.section .rodata.programs, "a"
	.balign	4
	.globl	programs
programs:

#include <kern/programs.inc>

	.section .rodata.programs, "a"
	.long	0, 0, 0
