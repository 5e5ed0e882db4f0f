// inc/stdio.h - formatted text and the console, for the kernel and programs.

#ifndef JOS_INC_STDIO_H
#define JOS_INC_STDIO_H

#include <inc/stdarg.h>
#include <inc/types.h>

// kern/console.c; programs have a console.c of their own
void cputchar(int c);
int getchar(void);
int iscons(int fd);

// lib/printfmt.c, whose vprintfmt has a list of the formats

// An output buffer, which vprintfmt fills by put_output.  When the buffer is
// full, put_output calls flush, which must empty it.  After vprintfmt the
// caller takes what is left in it.
struct Output {
	char *text;
	size_t size, used;
	int total;			// bytes so far, flushed ones included
	void (*flush)(struct Output *out);
};

void put_output(int ch, void *out);

// These call putch once for each character.
void printfmt(void (*putch)(int ch, void *putdat), void *putdat,
	const char *fmt, ...);
void vprintfmt(void (*putch)(int ch, void *putdat), void *putdat,
	const char *fmt, va_list ap);
int snprintf(char *str, int size, const char *fmt, ...);
int vsnprintf(char *str, int size, const char *fmt, va_list ap);

// printf.c, of the kernel or of programs: write to the console; return the bytes
// written
int cprintf(const char *fmt, ...);
int vcprintf(const char *fmt, va_list ap);

// lib/fprintf.c, for programs only: write to a descriptor
int printf(const char *fmt, ...);
int fprintf(int fd, const char *fmt, ...);
int vfprintf(int fd, const char *fmt, va_list ap);

// lib/readline.c: returns the line typed, without its newline, in a buffer that
// the next call overwrites; NULL at end of input or on an error.
char *readline(const char *prompt);

// Parts of readline that the kernel and programs have each in their own way
void readline_prompt(const char *prompt);
int getkey(void);		// the console's next key, or an error

#endif // JOS_INC_STDIO_H
