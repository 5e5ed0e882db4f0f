// kern/dev/serial.c - the serial line, as a device of the console.
//
// The first serial port is an 8250, 16450 or 16550 UART (National PC16550D,
// chapter 8).  A 16550 has FIFOs, of 16 bytes for each direction.
//
// Entry points: serial_init, serial_write, serial_getkey.

#include <inc/kbdreg.h>
#include <inc/x86.h>

#include <kern/dev/consdev.h>

#define COM1		0x3F8
#define UART_DATA	(COM1 + 0)	// received (in), to transmit (out)
#define UART_IER	(COM1 + 1)	// which interrupts are enabled
#define  UART_IER_RX	0x01		// a byte was received
#define UART_DIV_LO	(COM1 + 0)	// while DLAB is set: speed
#define UART_DIV_HI	(COM1 + 1)
#define UART_FIFO	(COM1 + 2)	// out
#define  UART_FIFO_ON	0x07		// enable and empty both
#define UART_IIR	(COM1 + 2)	// in
#define  UART_IIR_FIFO	0xC0		// both set: the FIFOs are on, and work
#define UART_LINE	(COM1 + 3)	// format of a character
#define  UART_LINE_DLAB	0x80
#define  UART_LINE_8N1	0x03
#define UART_MODEM	(COM1 + 4)
#define  UART_MODEM_OUT2 0x08		// on a PC: connects the interrupt
#define  UART_MODEM_DTR_RTS 0x03
#define UART_STATUS	(COM1 + 5)
#define  UART_STATUS_RX	0x01		// a byte was received
#define  UART_STATUS_TX	0x20		// transmitter is empty
#define UART_FIFO_SIZE	16
#define UART_CLOCK	115200		// speed with divisor 1
#define BAUD		9600

// How often to read the status for each byte in the transmitter.  A read takes
// about 1 us, on an emulator 0.1 us; a byte takes 1 ms at 9600 baud, but the
// program that reads an emulator's output may be slow.
#define SERIAL_TIMEOUT	2000000

bool serial_exists;
static size_t tx_size;			// size of the transmitter's FIFO
static size_t tx_room;			// bytes that fit in now, at least

void
serial_init(void)
{
	serial_exists = inb(UART_STATUS) != 0xFF;	// 0xFF: no port
	if (!serial_exists)
		return;

	outb(UART_FIFO, UART_FIFO_ON);
	if ((inb(UART_IIR) & UART_IIR_FIFO) == UART_IIR_FIFO)
		tx_size = UART_FIFO_SIZE;
	else {				// no FIFO, or a broken one (16550)
		tx_size = 1;
		outb(UART_FIFO, 0);
	}
	outb(UART_LINE, UART_LINE_DLAB);
	outb(UART_DIV_LO, UART_CLOCK / BAUD);
	outb(UART_DIV_HI, 0);
	outb(UART_LINE, UART_LINE_8N1);
	outb(UART_MODEM, UART_MODEM_OUT2 | UART_MODEM_DTR_RTS);
	outb(UART_IER, UART_IER_RX);
}

// Wait until the transmitter is empty.  After a timeout, write all the same,
// and do not wait again until it has become empty.
static void
serial_wait(void)
{
	static bool stuck;
	size_t rounds = stuck ? 1 : tx_size * SERIAL_TIMEOUT;

	do
		stuck = !(inb(UART_STATUS) & UART_STATUS_TX);
	while (stuck && --rounds > 0);
	tx_room = tx_size;
}

static void
serial_put(uint8_t c)
{
	if (tx_room == 0)
		serial_wait();
	tx_room--;
	outb(UART_DATA, c);
}

// A backspace erases on the screen, but only moves left on a terminal.
static void
serial_erase(void)
{
	serial_put('\b');
	serial_put(' ');
	serial_put('\b');
}

void
serial_write(const char *s, size_t n)
{
	const char *const end = s + n;

	while (s < end) {
		if (tx_room == 0)
			serial_wait();

		const char *const from = s, *const to = s
			+ MIN((size_t) (end - s), tx_room);
		while (s < to && *s != '\b')
			outb(UART_DATA, *s++);
		tx_room -= s - from;

		if (s < to) {
			serial_erase();
			s++;
		}
	}
}

int
serial_getkey(void)
{
	const uint8_t status = inb(UART_STATUS);

	if (status == 0xFF || !(status & UART_STATUS_RX))
		return -1;
	int c = inb(UART_DATA);

	switch (c) {
	case '\r':
		return '\n';		// as the keyboard's Enter
	case 0x7F:
		return '\b';		// Backspace of many terminals
	default:
		return c < 0x80 ? c : c | KEY_TEXT;
	}
}
