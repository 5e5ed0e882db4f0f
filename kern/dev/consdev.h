// kern/dev/consdev.h - between the console and its devices.

#ifndef JOS_KERN_DEV_CONSDEV_H
#define JOS_KERN_DEV_CONSDEV_H

#include <inc/types.h>

// kern/dev/serial.c: serial_write for one that exists only
extern bool serial_exists;
void serial_init(void);
void serial_write(const char *s, size_t n);

// kern/dev/printer.c: printer_write for one that exists only
extern bool printer_exists;
void printer_init(void);
void printer_write(const char *s, size_t n);

// kern/dev/screen.c
void screen_init(void);
void screen_write(const char *s, size_t n);

// The next key of a device: a byte, perhaps with KEY_TEXT, a KEY_ code or
// KEY_REBOOT; 0 for something that is no key, -1 if there is nothing.
int serial_getkey(void);
int kbd_getkey(void);
#define KEY_REBOOT	0x200		// Ctrl-Alt-Delete

#endif // JOS_KERN_DEV_CONSDEV_H
