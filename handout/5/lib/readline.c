// lib/readline.c - a line of input, for the kernel's monitor and for programs.
//
// Entry point: readline.
// Calls getchar, cputchar and iscons, which the kernel and programs have each
// in their own way.

#define LINELEN		1024
#define DELETE		0x7F

char *
readline(const char *prompt)
{
	static char line[LINELEN];
	const bool echo = iscons(0) > 0;
	int n = 0;

	if (prompt != NULL)
		cprintf("%s", prompt);
	for (;;) {
		const int c = getchar();

		if (c < 0) {
			if (c != -E_EOF)
				cprintf("read error: %e\n", c);
			return NULL;
		}
		if (c == '\n' || c == '\r')
			break;
		if (c == '\b' || c == DELETE) {
			if (n == 0)
				continue;
			n--;
		} else if (c < ' ' || n == LINELEN - 1)
			continue;
		else
			line[n++] = c;
		if (echo)
			cputchar(c == DELETE ? '\b' : c);
	}
	if (echo)
		cputchar('\n');
	line[n] = '\0';
	return line;
}
