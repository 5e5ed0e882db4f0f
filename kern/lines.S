// kern/lines.S - the kernel's line table, as the build made it.
//
// kern/kdebug.c looks source lines up in it; tools/linetable writes it to the
// file LINES.
// kern/kernel.ld puts __LINES_BEGIN__ and __LINES_END__ around it.

	.section .lines, "a"
	.incbin LINES
