// kern/dev/consdev.h - the devices of the console (kern/console.c).

#ifndef JOS_KERN_DEV_CONSDEV_H
#define JOS_KERN_DEV_CONSDEV_H

#include <inc/types.h>

// kern/dev/serial.c; serial_write only if serial_exists
extern bool serial_exists;
void serial_init(void);
void serial_write(const char *s, size_t n);

// kern/dev/printer.c; printer_write only if printer_exists
extern bool printer_exists;
void printer_init(void);
void printer_write(const char *s, size_t n);

// kern/dev/screen.c
void screen_init(void);
void screen_write(const char *s, size_t n);

// Return the next key of the device: a byte, perhaps with KEY_TEXT, a KEY_ code
// or KEY_REBOOT; 0 for input that is no key, -1 if there is no input.
int serial_getkey(void);
int kbd_getkey(void);
#define KEY_REBOOT	0x200		// Ctrl-Alt-Delete

#endif // JOS_KERN_DEV_CONSDEV_H
