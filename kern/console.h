// kern/console.h - the console: serial line, printer port, screen, keyboard.

#ifndef JOS_KERN_CONSOLE_H
#define JOS_KERN_CONSOLE_H

#include <inc/stdio.h>
#include <inc/types.h>

void cons_init(void);

// Write n bytes, whatever they are.  cputchar (inc/stdio.h) writes one.
void cons_write(const char *s, size_t n);

// The next character typed, or 0 if there is none yet; never waits.  getchar
// (inc/stdio.h) waits.
int cons_getc(void);
bool cons_has_input(void);

// Do both input devices interrupt?  If not, a reader must not sleep.
bool cons_interrupts(void);

// Take in what the device has.  For its interrupt; cons_getc does it, too.
void serial_intr(void);
void kbd_intr(void);

// What a reader of the console sleeps on (kern/sleep.c), and whether it has
// come: there is input in the ring, or in the line that kern/tty.c has.
extern const char console_input;
bool cons_input_came(void);
extern bool cons_line_ready;

// Keys that were typed for tty_hotkeys (kern/tty.c) to act on
enum {
	CONS_INTERRUPT = 1 << 0,	// ^C, which may also be input
	CONS_MONITOR = 1 << 1,		// ^\ enters the monitor
	CONS_CHECK = 1 << 2		// ^T looks for faults in the kernel
};
extern uint32_t cons_hotkeys;
void cons_discard(void);		// what was typed, up to the last ^C

#endif // JOS_KERN_CONSOLE_H
