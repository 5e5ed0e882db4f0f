// inc/stdio.h - formatted text and the console, for the kernel and programs.

#ifndef JOS_INC_STDIO_H
#define JOS_INC_STDIO_H

#include <inc/stdarg.h>
#include <inc/types.h>

// lib/console.c in programs, kern/console.c in the kernel
void cputchar(int c);
int getchar(void);
int iscons(int fd);

// lib/printfmt.c
// The formats are listed at vprintfmt.

// Text on its way: a buffer that vprintfmt fills by put_output.  When it is full,
// flush makes it empty; what is left at the end is the caller's to take.
struct Output {
	char *text;
	size_t size, used;
	int total;			// bytes so far, with those taken away
	void (*flush)(struct Output *out);
};

void put_output(int ch, void *out);

// putch is called once per character.
void printfmt(void (*putch)(int ch, void *putdat), void *putdat,
	const char *fmt, ...);
void vprintfmt(void (*putch)(int ch, void *putdat), void *putdat,
	const char *fmt, va_list ap);
int snprintf(char *str, int size, const char *fmt, ...);
int vsnprintf(char *str, int size, const char *fmt, va_list ap);

// lib/printf.c, kern/printf.c: to the console; return the characters written
int cprintf(const char *fmt, ...);
int vcprintf(const char *fmt, va_list ap);

// lib/fprintf.c (programs only): to a descriptor
int printf(const char *fmt, ...);
int fprintf(int fd, const char *fmt, ...);
int vfprintf(int fd, const char *fmt, va_list ap);

// lib/readline.c: the line typed, without its newline, in a buffer that the
// next call overwrites; NULL at end of input or on an error.
char *readline(const char *prompt);
void readline_prompt(const char *prompt);	// prints it; part of readline
int getkey(void);		// likewise: the console's next key, or an error

#endif // JOS_INC_STDIO_H
