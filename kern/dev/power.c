// kern/dev/power.c - switches the machine off.
//
// Entry point: poweroff.

#include <inc/stdio.h>
#include <inc/x86.h>

#include <kern/dev/power.h>

// The power management control register of QEMU's PC: SLP_EN with sleep type 0,
// which is S5 on that machine.  ACPI Specification 4.0, 4.8.3.2.1.
#define ACPI_PM1A_CNT	0x604
#define ACPI_SLP_EN	0x2000

// QEMU's isa-debug-exit device: writing v ends QEMU with status 2v+1.
#define DEBUG_EXIT	0x501

void
poweroff(int status)
{
	// QEMU switches off some time after the outw.  Wait, as the outb would
	// change QEMU's exit status to 1.
	if (status == 0) {
		outw(ACPI_PM1A_CNT, ACPI_SLP_EN);
		for (int i = 0; i < 1000000; i++)
			pause();
	}
	outb(DEBUG_EXIT, status);

	cprintf("It is now safe to turn off your computer.\n");
	while (1)
		__asm__ volatile("cli; hlt");
}
