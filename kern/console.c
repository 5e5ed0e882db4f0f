// kern/console.c - the console: serial line, printer port, screen, keyboard.
//
// All output goes to the serial line, the printer port and the screen; input
// comes from the serial line and the keyboard, through one queue.  A device
// that is not there, or stops answering, is left out.
//
// Entry points: cons_init, cons_write, cputchar, cons_getc, cons_has_input,
// cons_interrupts, getchar, iscons; for interrupts, serial_intr and kbd_intr.
// Under the kernel lock, once there is more than one CPU.

#include <kern/console.h>

#include <inc/kbdreg.h>
#include <inc/memlayout.h>
#include <inc/string.h>
#include <inc/trap.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/panic.h>
#include <kern/picirq.h>

// ------------------------------------------------------------------- input
// A ring.  Both counters only grow, so that their difference is what is in
// the ring, empty and full included.

#define QUEUE_SIZE	512		// a power of 2

static struct {
	uint8_t chars[QUEUE_SIZE];
	uint32_t put, taken;
} queue;

void (*cons_wake)(void);

static bool
queue_is_full(void)
{
	return queue.put - queue.taken == QUEUE_SIZE;
}

// Move what a device has into the queue.  get_char returns a character, 0 for
// something that is none, -1 for nothing.  What finds no room stays in the
// device.
static void
queue_fill(int (*get_char)(void))
{
	const uint32_t before = queue.put;
	int c;

	while (!queue_is_full() && (c = get_char()) >= 0)
		if (c != 0)
			queue.chars[queue.put++ % QUEUE_SIZE] = c;
	if (queue.put != before && cons_wake)
		cons_wake();
}

// ------------------------------------------------------------- serial line
// The first serial port, an 8250, 16450 or 16550 UART (National PC16550D,
// chapter 8).

#define COM1		0x3F8
#define UART_DATA	(COM1 + 0)	// received (in), to transmit (out)
#define UART_IER	(COM1 + 1)	// which interrupts are let through
#define  UART_IER_RX	0x01		// a byte was received
#define UART_DIV_LO	(COM1 + 0)	// while DLAB is set: speed
#define UART_DIV_HI	(COM1 + 1)
#define UART_FIFO	(COM1 + 2)
#define UART_LINE	(COM1 + 3)	// format of a character
#define  UART_LINE_DLAB	0x80
#define  UART_LINE_8N1	0x03
#define UART_MODEM	(COM1 + 4)
#define  UART_MODEM_OUT2 0x08		// on a PC: connects the interrupt
#define  UART_MODEM_DTR_RTS 0x03
#define UART_STATUS	(COM1 + 5)
#define  UART_STATUS_RX	0x01		// a byte was received
#define  UART_STATUS_TX	0x20		// ready for the next one
#define UART_CLOCK	115200		// speed with divisor 1
#define BAUD		9600

// A byte takes 1 ms at 9600 baud, asking for the status 1 us or so.
#define SERIAL_PATIENCE	200000

static bool serial_exists;

static void
serial_init(void)
{
	serial_exists = inb(UART_STATUS) != 0xFF;
	if (!serial_exists)
		return;

	outb(UART_FIFO, 0);
	outb(UART_LINE, UART_LINE_DLAB);
	outb(UART_DIV_LO, UART_CLOCK / BAUD);
	outb(UART_DIV_HI, 0);
	outb(UART_LINE, UART_LINE_8N1);
	outb(UART_MODEM, UART_MODEM_OUT2 | UART_MODEM_DTR_RTS);
	outb(UART_IER, UART_IER_RX);
}

// After a wait that was long enough for any byte to leave, try anyway.
static void
serial_put(uint8_t c)
{
	for (int i = 0; i < SERIAL_PATIENCE; i++)
		if (inb(UART_STATUS) & UART_STATUS_TX)
			break;
	outb(UART_DATA, c);
}

static void
serial_write(uint8_t c)
{
	if (!serial_exists)
		return;
	serial_put(c);
	// A terminal only moves left; erase as the screen does
	if (c == '\b') {
		serial_put(' ');
		serial_put('\b');
	}
}

static int
serial_get(void)
{
	if (!(inb(UART_STATUS) & UART_STATUS_RX))
		return -1;
	int c = inb(UART_DATA);
	return c == 0x7F ? '\b' : c;	// what many terminals send for it
}

void
serial_intr(void)
{
	if (serial_exists)
		queue_fill(serial_get);
}

// ------------------------------------------------------------ printer port

#define LPT1		0x378
#define LPT_DATA	(LPT1 + 0)
#define LPT_STATUS	(LPT1 + 1)
#define  LPT_READY	0x80
#define LPT_CONTROL	(LPT1 + 2)
#define  LPT_STROBE	0x01		// take the data now
#define  LPT_ON		0x0C		// selected, and not being reset

#define PRINTER_PATIENCE 10000

static bool printer_exists;

static void
printer_init(void)
{
	printer_exists = inb(LPT_STATUS) != 0xFF;
}

static void
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

// ------------------------------------------------------------------ screen
// In text mode the screen is an array of cells in memory: a character in the
// low byte, its colours in the high one.  The cursor is a register pair of
// the video controller.

#define ROWS		25
#define COLS		80
#define TABWIDTH	8

#define COLOR_BUF	0xB8000		// physical
#define COLOR_PORT	0x3D4		// register number; its value: next port
#define MONO_BUF	0xB0000
#define MONO_PORT	0x3B4
#define CURSOR_HI	14		// registers
#define CURSOR_LO	15

#define BLANK		(0x07 << 8 | ' ')	// light grey on black

static volatile uint16_t *screen;
static int screen_port;
static uint16_t cursor;			// as a cell number

// Does that adapter's memory keep what is written to it?
static bool
screen_is_at(physaddr_t pa)
{
	volatile uint16_t *cell = (uint16_t *) (KERNBASE + pa);
	const uint16_t was = *cell;
	const uint16_t pattern = 0xA55A;

	*cell = pattern;
	bool kept = *cell == pattern;
	*cell = was;
	return kept;
}

static uint8_t
screen_reg(int reg)
{
	outb(screen_port, reg);
	return inb(screen_port + 1);
}

static void
screen_set_reg(int reg, uint8_t value)
{
	outb(screen_port, reg);
	outb(screen_port + 1, value);
}

// Go on where the BIOS has left the cursor.
static void
screen_init(void)
{
	const bool color = screen_is_at(COLOR_BUF);

	screen_port = color ? COLOR_PORT : MONO_PORT;
	screen = (uint16_t *) (KERNBASE + (color ? COLOR_BUF : MONO_BUF));
	cursor = screen_reg(CURSOR_HI) << 8 | screen_reg(CURSOR_LO);
	if (cursor >= ROWS * COLS)
		cursor = 0;
}

// Move all rows up by one.
static void
screen_scroll(void)
{
	const int last = (ROWS - 1) * COLS;

	for (int i = 0; i < last; i++)
		screen[i] = screen[i + COLS];
	for (int i = last; i < last + COLS; i++)
		screen[i] = BLANK;
	cursor -= COLS;
}

static void
screen_write(uint8_t c)
{
	const int column = cursor % COLS;

	switch (c) {
	case '\n':
		cursor += COLS - column;
		break;
	case '\r':
		cursor -= column;
		break;
	case '\t':
		cursor += TABWIDTH - column % TABWIDTH;
		break;
	case '\b':
		if (cursor > 0)
			screen[--cursor] = BLANK;
		break;
	default:
		screen[cursor++] = (BLANK & 0xFF00) | c;
		break;
	}
	if (cursor >= ROWS * COLS)
		screen_scroll();
}

static void
screen_show_cursor(void)
{
	screen_set_reg(CURSOR_HI, cursor >> 8);
	screen_set_reg(CURSOR_LO, cursor & 0xFF);
}

// ---------------------------------------------------------------- keyboard
// A key sends its number ("scan code", set 1) when it goes down, and the
// number with bit 7 set when it goes up.  Keys that the first PC did not have
// send 0xE0 before it.  Pause alone sends 0xE1 and two more bytes.

#define SCAN_UP		0x80
#define SCAN_E0		0xE0
#define SCAN_E1		0xE1

#define CTRL(letter)	((letter) & 0x1F)

// The characters of neighbouring keys, from key number first on: alone, and
// with Shift.
static const struct Keys {
	uint8_t first;
	const char *plain, *shifted;
} keys[] = {
	{ 0x01, "\033" "1234567890-=\b\t", "\033!@#$%^&*()_+\b\t" },
	{ 0x10, "qwertyuiop[]\n", "QWERTYUIOP{}\n" },
	{ 0x1E, "asdfghjkl;'`", "ASDFGHJKL:\"~" },
	{ 0x2B, "\\zxcvbnm,./", "|ZXCVBNM<>?" },
	{ 0x37, "*", "*" },
	{ 0x39, " ", " " },
	{ 0x47, "789-456+1230.", "789-456+1230." },	// number pad
};

// Keys that send 0xE0
static const struct E0Key {
	uint8_t scan, code;
} e0_keys[] = {
	{ 0x1C, '\n' },			// on the number pad
	{ 0x35, '/' },			// there, too
	{ 0x47, KEY_HOME }, { 0x48, KEY_UP }, { 0x49, KEY_PGUP },
	{ 0x4B, KEY_LF }, { 0x4D, KEY_RT },
	{ 0x4F, KEY_END }, { 0x50, KEY_DN }, { 0x51, KEY_PGDN },
	{ 0x52, KEY_INS }, { 0x53, KEY_DEL },
};

// Keys that change what others mean, each with a bit for as long as it is
// down.  Caps Lock's is turned over by each press.
enum {
	MOD_SHIFT_L = 1, MOD_SHIFT_R = 2, MOD_SHIFT = 3,
	MOD_CTRL_L = 4, MOD_CTRL_R = 8, MOD_CTRL = 12,
	MOD_ALT_L = 16, MOD_ALT_R = 32, MOD_ALT = 48,
	MOD_CAPS = 64
};

static int kbd_mods;			// which of them are down
static int kbd_prefix;			// 0xE0 or 0xE1, if that came last
static int kbd_skip;			// bytes to come that mean nothing

// Which modifier is this key?  0: none.
static int
kbd_modifier(int scan, bool e0)
{
	switch (scan) {
	case 0x2A:
		return e0 ? 0 : MOD_SHIFT_L;	// with 0xE0 there is no key
	case 0x36:
		return e0 ? 0 : MOD_SHIFT_R;
	case 0x1D:
		return e0 ? MOD_CTRL_R : MOD_CTRL_L;
	case 0x38:
		return e0 ? MOD_ALT_R : MOD_ALT_L;
	case 0x3A:
		return MOD_CAPS;
	default:
		return 0;
	}
}

// The code of a key that sends 0xE0, or 0.
static int
kbd_e0_code(int scan)
{
	for (size_t i = 0; i < ARRAY_SIZE(e0_keys); i++)
		if (e0_keys[i].scan == scan)
			return e0_keys[i].code;
	return 0;
}

// The character of any other key, as the modifiers have it, or 0.
static int
kbd_char(int scan)
{
	const struct Keys *k = &keys[ARRAY_SIZE(keys) - 1];

	while (k > keys && scan < k->first)
		k--;
	const int n = scan - k->first;
	if (n < 0 || n >= strlen(k->plain))
		return 0;

	const int plain = k->plain[n];
	const bool letter = plain >= 'a' && plain <= 'z';
	bool shift = kbd_mods & MOD_SHIFT;
	if (letter && (kbd_mods & MOD_CAPS))
		shift = !shift;
	const int c = shift ? k->shifted[n] : plain;

	if (!(kbd_mods & MOD_CTRL))
		return c;
	return letter || (c >= '@' && c <= '_') ? CTRL(c) : c;
}

// By a bit of the PC's control port A.
static void
reboot(void)
{
	cprintf("Rebooting!\n");
	outb(0x92, 0x03);
}

// What the key says that has just gone down; 0: nothing.
static int
kbd_down(int scan, bool e0)
{
	const int c = e0 ? kbd_e0_code(scan) : kbd_char(scan);
	const bool is_delete = scan == 0x53;

	if (is_delete && (kbd_mods & MOD_CTRL) && (kbd_mods & MOD_ALT))
		reboot();
	return c;
}

// Take one byte of what a key sends.
static int
kbd_byte(int byte)
{
	if (kbd_skip > 0) {
		kbd_skip--;
		return 0;
	}
	if (byte == SCAN_E1) {
		kbd_skip = 2;
		return 0;
	}
	if (byte == SCAN_E0) {
		kbd_prefix = byte;
		return 0;
	}
	const bool e0 = kbd_prefix == SCAN_E0;
	const bool up = byte & SCAN_UP;
	const int scan = byte & ~SCAN_UP;
	const int mod = kbd_modifier(scan, e0);

	kbd_prefix = 0;
	if (mod == MOD_CAPS)
		kbd_mods ^= up ? 0 : mod;
	else if (up)
		kbd_mods &= ~mod;
	else
		kbd_mods |= mod;
	return mod || up ? 0 : kbd_down(scan, e0);
}

static int
kbd_get(void)
{
	const int status = inb(KBSTATP);

	if (status == 0xFF || !(status & KBS_DIB))	// 0xFF: no controller
		return -1;
	const int byte = inb(KBDATAP);
	return status & KBS_TERR ? 0 : kbd_byte(byte);
}

void
kbd_intr(void)
{
	queue_fill(kbd_get);
}

// ----------------------------------------------------------------- together

static void
cons_putc(uint8_t c)
{
	serial_write(c);
	printer_write(c);
	screen_write(c);
}

void
cons_write(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cons_putc(s[i]);
	screen_show_cursor();
}

void
cputchar(int c)
{
	const char byte = c;

	cons_write(&byte, 1);
}

bool
cons_has_input(void)
{
	// The keyboard and the serial line may have no interrupts yet
	serial_intr();
	kbd_intr();
	return queue.put != queue.taken;
}

int
cons_getc(void)
{
	if (!cons_has_input())
		return 0;
	return queue.chars[queue.taken++ % QUEUE_SIZE];
}

// After a panic we do without interrupts.
bool
cons_interrupts(void)
{
	const uint16_t lines = 1 << IRQ_KBD | 1 << IRQ_SERIAL;

	return pic_ready && !(irq_mask_8259A & lines) && !panicstr;
}

// For the monitor.  Sleeps between characters if input will wake us.
int
getchar(void)
{
	int c;

	while ((c = cons_getc()) == 0)
		if (cons_interrupts())
			wait_for_interrupt();
		else
			pause();
	return c;
}

int
iscons(int fd)
{
	(void) fd;			// the kernel has nothing else
	return 1;
}

// The BIOS may have left the cursor in the middle of a line.
void
cons_init(void)
{
	screen_init();
	serial_init();
	printer_init();
	cputchar('\n');
	if (!serial_exists)
		cprintf("Serial port does not exist!\n");
}
