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

// For programs: a key, as it was typed, or a character of a line that was typed
// and edited.  0 if there is none yet, -E_EOF where a line is the end of file.
int cons_getkey(void);
int cons_getline(void);
bool cons_has_input(void);

// Will both input devices interrupt us?  If not, nobody may sleep for them.
bool cons_interrupts(void);

// Take in what the device has.  For its interrupt; cons_getc does it, too
// (kern/dev/serial.c, kern/dev/kbd.c).
void serial_intr(void);
void kbd_intr(void);

// What one who wants input sleeps on (kern/sleep.c).  If cons_wake is set, it
// is told so whenever input has come in.
extern const char console_input;
extern void (*cons_wake)(const void *object);

// If set: ^C was typed.  Returns whether it ends something; then it is not
// input, and what was typed before is forgotten.
extern bool (*cons_interrupt)(void);

#endif // JOS_KERN_CONSOLE_H
