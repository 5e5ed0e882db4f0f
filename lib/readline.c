// lib/readline.c - a line typed by the user, for the kernel's monitor and for
// programs.
//
// Entry point: readline.
// Built on getchar, cputchar and iscons, which both sides have.

#include <inc/error.h>
#include <inc/stdio.h>

#define BUFLEN		1024

#define CTRL_BACKSPACE	'\b'
#define CTRL_DELETE	0x7F

static char buf[BUFLEN];

// The kernel has only the console to print a prompt on.  Programs have
// lib/console.c replace this by one that prints on descriptor 1.
void __attribute__((weak))
readline_prompt(const char *prompt)
{
	cprintf("%s", prompt);
}

static bool
ends_line(int c)
{
	return c == '\n' || c == '\r';
}

static bool
erases(int c)
{
	return c == CTRL_BACKSPACE || c == CTRL_DELETE;
}

// Take c into the line of len bytes, or the last byte out of it; control
// characters and what is too long for buf are ignored.  Returns the new
// length.
static int
line_edit(int len, int c, bool echo)
{
	if (erases(c)) {
		if (len == 0)
			return len;
		if (echo)
			cputchar('\b');
		return len - 1;
	}
	if (c < ' ' || len == BUFLEN - 1)
		return len;
	if (echo)
		cputchar(c);
	buf[len] = c;
	return len + 1;
}

// Input that ends within a line gives that line, and NULL the next time.
char *
readline(const char *prompt)
{
	bool echo = iscons(0) > 0;
	int len = 0;
	int c;

	if (prompt != NULL)
		readline_prompt(prompt);

	while ((c = getchar()) >= 0 && !ends_line(c))
		len = line_edit(len, c, echo);

	if (c < 0 && c != -E_EOF)
		cprintf("read error: %e\n", c);
	if (c < 0 && (c != -E_EOF || len == 0))
		return NULL;
	if (echo)
		cputchar('\n');
	buf[len] = '\0';
	return buf;
}
