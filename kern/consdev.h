// kern/consdev.h - between the console and its devices.

#ifndef JOS_KERN_CONSDEV_H
#define JOS_KERN_CONSDEV_H

#include <inc/types.h>

// kern/serial.c
extern bool serial_exists;
void serial_init(void);
void serial_write(uint8_t c);

// kern/printer.c
void printer_init(void);
void printer_write(uint8_t c);

// kern/screen.c: the cursor shows where it is only when told to
void screen_init(void);
void screen_write(uint8_t c);
void screen_show_cursor(void);

// kern/console.c: move what a device has into the queue of input.  get_char
// returns a character, 0 for something that is none, -1 for nothing.
void cons_take(int (*get_char)(void));

#endif // JOS_KERN_CONSDEV_H
