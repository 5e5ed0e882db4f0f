// ext/shell/tool.h - what the tools in ext/shell/user/ share.

#ifndef JOS_EXT_SHELL_TOOL_H
#define JOS_EXT_SHELL_TOOL_H

#include <inc/lib.h>

#include <ext/shell/status.h>

// Print "NAME: text" on descriptor 2 or, if that is not open, on the console;
// from then on, the program's status is 1.
void complain(const char *fmt, ...);

// Complain how the program is to be called, and end it.
void usage(const char *arguments) __attribute__((noreturn));

// The status for exit_with
extern int tool_status;

// Write all to descriptor 1.  Ends the program if that fails, or if nobody reads
// any more.
void put(const void *buf, size_t n);
void put_string(const char *s);

// Call each for every file in argv[1] and above, or for descriptor 0 if there
// are none; complain about those that cannot be opened.
void for_each_input(int argc, char **argv,
	void (*each)(int fd, const char *name));

// Lines of a descriptor.  A longer one counts as two.
#define TOOL_LINE	1024

struct Lines {
	int fd;
	int at, got;			// in buf
	char buf[PGSIZE];
};

// Read the next line into `line', without its newline.  Returns its length, or
// -1 at the end of the file.
int next_line(struct Lines *in, char line[TOOL_LINE]);

// Read all of fd, with '\0' behind it.  Returns where it is, until the program
// ends; sets *size.  Several inputs come to lie one behind the other.
char *read_all(int fd, size_t *size);

// Read numbers like 12 and, for base 16, 00001004.  Returns -1 for others.
int32_t number(const char *text, int base);

#endif // JOS_EXT_SHELL_TOOL_H
