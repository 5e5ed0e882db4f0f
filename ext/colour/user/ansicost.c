// ext/colour/user/ansicost.c - what it takes to print text, in instructions where a
// tick of the time-stamp counter is one (-icount shift=0).

#include <inc/lib.h>
#include <inc/x86.h>

#include <ext/test.h>

#define TIMES		20
#define LENGTH		64

static char text[LENGTH];

// A carriage return at the end keeps the text in one row.
static uint32_t
print(const char *s, size_t n)
{
	const uint32_t start = read_tsc();

	for (int i = 0; i < TIMES; i++)
		sys_cputs(s, n);
	return ((uint32_t) read_tsc() - start) / TIMES;
}

void
umain(int argc, char **argv)
{
	static const char sequence[] = "\033[31m\033[m\r";
	uint32_t normal, red, change;

	USED(argc), USED(argv);
	wait_for_server();
	memset(text, 'x', LENGTH - 1);
	text[LENGTH - 1] = '\r';
	sys_cputs(text, LENGTH);
	normal = print(text, LENGTH);
	cprintf("\033[31m");
	red = print(text, LENGTH);
	cprintf("\033[m");
	change = print(sequence, sizeof(sequence) - 1);
	cprintf("\n| a character, in the normal colours | %d |\n"
		"| a character, in red | %d |\n"
		"| ESC [31m ESC [m | %d |\nansicost ok\n",
		normal / LENGTH, red / LENGTH, change);
}
