// ext/colour/user/ansi.c - a table of colours, and escape sequences that do
// something, or nothing.

#include <inc/lib.h>

// A row for each background, all of which stay on the screen.
static void
table(void)
{
	for (int back = 0; back < 8; back++) {
		for (int bright = 0; bright <= 1; bright++)
			for (int fore = 0; fore < 8; fore++)
				cprintf("\033[%d;%d;%dm %d/%d\033[m", bright,
					30 + fore, 40 + back, fore, back);
		cprintf("\n");
	}
}

// A sequence may come in pieces.
static void
in_pieces(const char *s)
{
	for (; *s; s++)
		sys_cputs(s, 1);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	table();
	in_pieces("\033[1;31;44min pieces\033[0m, plain\n");
	cprintf("\033[32mgreen \033[39mgrey \033[1mbright \033[22mnot "
		"\033[41mon red\033[49m, not\n");
	cprintf("\033[1;33;45m\033[37;40mwhite on black\033[m\n");
	cprintf("\033[35;;36mthe last counts\033[;m, no number is 0\n");
	cprintf("\033[2J\033[10;20H\033[?25l\033(B\033c\033[38;5;200!p\033[9q"
		"nothing of that\033[99999999999m\033[12;x\n");
	cprintf("\033[3\n2mnewline within, \033[3\0301mgiven up, \033[34"
		"\033[36mbegun anew\033[0m\n");
	cprintf("\033[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;31;32m16 count"
		"\033[0m\n");
	cprintf("\033[46mto the end of the row and beyond it: "
		"0123456789012345678901234567890123456789012345678901234567"
		"\tTab\rCR\033[m\nansi ok\n");
}
