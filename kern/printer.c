// kern/printer.c - the printer port, as a device of the console.
//
// A printer that is not there, or not ready for long, is left alone.
// IEEE 1284, compatibility mode.
//
// Entry points: printer_init, printer_write.

#include <inc/x86.h>

#include <kern/consdev.h>

#define LPT1		0x378
#define LPT_DATA	(LPT1 + 0)
#define LPT_STATUS	(LPT1 + 1)
#define  LPT_READY	0x80
#define LPT_CONTROL	(LPT1 + 2)
#define  LPT_STROBE	0x01		// take the data now
#define  LPT_ON		0x0C		// selected, and not being reset

#define PRINTER_PATIENCE 10000

static bool printer_exists;

void
printer_init(void)
{
	printer_exists = inb(LPT_STATUS) != 0xFF;
}

void
printer_write(uint8_t c)
{
	if (!printer_exists)
		return;
	for (int i = 0; !(inb(LPT_STATUS) & LPT_READY); i++)
		if (i == PRINTER_PATIENCE) {
			printer_exists = false;
			return;
		}
	outb(LPT_DATA, c);
	outb(LPT_CONTROL, LPT_ON | LPT_STROBE);
	outb(LPT_CONTROL, LPT_ON);
}
