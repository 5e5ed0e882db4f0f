// kern/console.h - the console: serial line, printer port, screen, keyboard.

#ifndef JOS_KERN_CONSOLE_H
#define JOS_KERN_CONSOLE_H

#include <inc/stdio.h>
#include <inc/types.h>

void cons_init(void);

// Print the n bytes at s, among which 0 is an ordinary byte.
void cons_write(const char *s, size_t n);

// Returns the next character typed, or 0 if there is none yet; getchar
// (inc/stdio.h) waits for one.
int cons_getc(void);
bool cons_has_input(void);

// Do keyboard and serial line interrupt?  If not, a reader must not sleep.
bool cons_interrupts(void);

// Move the device's input to the console's ring: at its interrupt, and when
// cons_getc polls.
void serial_intr(void);
void kbd_intr(void);

// A reader of the console sleeps on console_input (kern/sleep.c) until
// cons_input_came(): the ring has input, or kern/tty.c has a line
// (cons_line_ready).
extern const char console_input;
bool cons_input_came(void);
extern bool cons_line_ready;

// Keys that were typed for tty_hotkeys (kern/tty.c) to act on
enum {
	CONS_INTERRUPT = 1 << 0,	// ^C, which may also be input
	CONS_MONITOR = 1 << 1,		// ^\ enters the monitor
	CONS_CHECK = 1 << 2		// ^T calls audit()
};
extern uint32_t cons_hotkeys;
void cons_discard(void);		// input up to the last ^C

#endif // JOS_KERN_CONSOLE_H
