// kern/dev/consdev.h - between the console and its devices.

#ifndef JOS_KERN_DEV_CONSDEV_H
#define JOS_KERN_DEV_CONSDEV_H

#include <inc/types.h>

// kern/dev/serial.c: serial_write for one that exists only
extern bool serial_exists;
void serial_init(void);
void serial_write(const char *s, size_t n);

// kern/dev/printer.c: likewise
extern bool printer_exists;
void printer_init(void);
void printer_write(const char *s, size_t n);

// kern/dev/screen.c
void screen_init(void);
void screen_write(const char *s, size_t n);

// kern/console.c: move what a device has into the queue of input.  get_char
// returns a character, 0 for something that is none, -1 for nothing.
void cons_intr(int (*get_char)(void));

#endif // JOS_KERN_DEV_CONSDEV_H
