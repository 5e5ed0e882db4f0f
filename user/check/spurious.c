// user/check/spurious.c - interrupts that no device has raised do no harm.
//
// At each int3 the kernel's monitor asks for a command; it is told to raise an
// interrupt (irq VECTOR), which comes when this program goes on.

#include <inc/x86.h>

#include <user/check/check.h>

void
umain(int argc, char **argv)
{
	static const int irqs[] = { 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
		15 };

	USED(argc), USED(argv);

	for (size_t i = 0; i < ARRAY_SIZE(irqs); i++) {
		cprintf("looking at: trapentry, the stub of IRQ %d "
			"(lab 4, exercise 13; kern/trapentry.S)\n", irqs[i]);

		uint32_t a = 0x11111111, b = 0x22222222, c = 0x33333333,
			d = 0x44444444;

		__asm__ volatile("int3; nop; nop" : "+a" (a), "+b" (b),
			"+c" (c), "+d" (d));
		check.function = "trapentry";
		check.place = "lab 4, exercise 13; kern/trapentry.S";
		expect(a == 0x11111111 && b == 0x22222222 && c == 0x33333333
			&& d == 0x44444444,
			"IRQ %d changes the registers of a program", irqs[i]);
	}
	look_no_more();
}
