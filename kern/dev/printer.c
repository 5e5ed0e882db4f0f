// kern/dev/printer.c - the printer port, as a device of the console.
//
// Output to a printer stops for good at the first timeout.  IEEE 1284,
// compatibility mode.
//
// Entry points: printer_init, printer_write.

#include <inc/x86.h>

#include <kern/dev/consdev.h>

#define LPT1		0x378
#define LPT_DATA	(LPT1 + 0)
#define LPT_STATUS	(LPT1 + 1)
#define  LPT_READY	0x80
#define LPT_CONTROL	(LPT1 + 2)
#define  LPT_STROBE	0x01		// tells the printer to take the data
#define  LPT_ON		0x0C		// selected, and not being reset

#define PRINTER_TIMEOUT	10000

bool printer_exists;

void
printer_init(void)
{
	printer_exists = inb(LPT_STATUS) != 0xFF;
}

// Wait until the printer is ready.  Returns false after a timeout.
static bool
printer_is_ready(void)
{
	for (int i = 0; i < PRINTER_TIMEOUT; i++)
		if (inb(LPT_STATUS) & LPT_READY)
			return true;
	return false;
}

void
printer_write(const char *s, size_t n)
{
	for (; n > 0; n--, s++) {
		if (!printer_is_ready()) {
			printer_exists = false;
			return;
		}
		outb(LPT_DATA, *s);
		outb(LPT_CONTROL, LPT_ON | LPT_STROBE);
		outb(LPT_CONTROL, LPT_ON);
	}
}
