// kern/console.c - the console: serial line, printer port, screen, keyboard.
//
// All output goes to the serial line, the printer port and the screen; input
// comes from the serial line and the keyboard, through one ring.  A device that
// does not exist, or stops answering, is not used.
//
// Every part of the kernel may print, so the console calls nothing but its
// devices.  Keys that act at once (^C, ^\, ^T) are left in cons_hotkeys for
// kern/tty.c.
//
// Entry points: cons_init, cons_write, cputchar; serial_intr, kbd_intr;
// cons_getc, cons_has_input, cons_input_came, cons_discard, cons_interrupts,
// getchar, iscons.  Under the kernel lock, once there is more than one CPU.

#include <inc/trap.h>
#include <inc/x86.h>

#include <kern/console.h>
#include <kern/cpu.h>
#include <kern/dev/consdev.h>
#include <kern/lab.h>
#include <kern/panic.h>
#include <kern/picirq.h>

// ------------------------------------------------------------------ output

void
cons_write(const char *s, size_t n)
{
	if (serial_exists)
		serial_write(s, n);
	if (printer_exists)
		printer_write(s, n);
	screen_write(s, n);
}

void
cputchar(int c)
{
	const char byte = c;

	cons_write(&byte, 1);
}

// ------------------------------------------------------------------- input
// Input is in a ring.  Both counters only grow, so that their difference is
// what is in the ring, empty and full included.

#define RING_SIZE	512		// a power of 2

#define CTRL(letter)	((letter) & 0x1F)

static struct {
	uint16_t keys[RING_SIZE];	// a byte, or KEY_TEXT and a byte
	uint32_t put, taken;
	uint32_t interrupt;		// put, after the last ^C
} ring;

const char console_input;
bool cons_line_ready;
uint32_t cons_hotkeys;
static bool monitor_reads;		// the monitor gets all keys

static void
reboot(void)
{
	static const char message[] = "Rebooting!\n";

	cons_write(message, sizeof(message) - 1);
	outb(0x92, 0x03);		// bit 0 of the PC's control port A
}

// Returns the key's bit in cons_hotkeys, or 0 if it is no hot key.
static uint32_t
hotkey(int key)
{
	if (monitor_reads)
		return 0;
	switch (key) {
	case CTRL('C'):
		return CONS_INTERRUPT;
	case CTRL('\\'):
		return CONS_MONITOR;
	case CTRL('T'):
		return debug_asked ? CONS_CHECK : 0;
	default:
		return 0;
	}
}

// Put the device's input into the ring, as long as the ring has room.  get_key
// returns 0 for input that is no key, and -1 if there is no more input.
static void
cons_intr(int (*get_key)(void))
{
	int key;

	while (ring.put - ring.taken < RING_SIZE && (key = get_key()) >= 0) {
		const uint32_t hot = hotkey(key);

		if (key == KEY_REBOOT)
			reboot();
		else if (key != 0 && (!hot || hot == CONS_INTERRUPT))
			ring.keys[ring.put++ % RING_SIZE] = key;
		if (hot == CONS_INTERRUPT)
			ring.interrupt = ring.put;
		if (hot) {
			cons_hotkeys |= hot;
			deferred_work_set(WORK_HOTKEYS, true);
		}
	}
}

void
serial_intr(void)
{
	cons_intr(serial_getkey);
}

void
kbd_intr(void)
{
	cons_intr(kbd_getkey);
}

// Is there a key to be taken?  After a ^C there is none until tty_hotkeys has
// decided whether the ^C is input, or discards the input before it.
static bool
has_key(void)
{
	return ring.put != ring.taken
		&& (monitor_reads || !(cons_hotkeys & CONS_INTERRUPT));
}

bool
cons_input_came(void)
{
	return has_key() || cons_line_ready;
}

// Polls the devices, whose interrupts may be off.
bool
cons_has_input(void)
{
	serial_intr();
	kbd_intr();
	return cons_input_came();
}

int
cons_getc(void)
{
	serial_intr();
	kbd_intr();
	return has_key() ? ring.keys[ring.taken++ % RING_SIZE] : 0;
}

void
cons_discard(void)
{
	if ((int32_t) (ring.interrupt - ring.taken) > 0)
		ring.taken = ring.interrupt;
}

// After a panic the console does without interrupts.
bool
cons_interrupts(void)
{
	const uint16_t lines = 1 << IRQ_KBD | 1 << IRQ_SERIAL;

	return pic_ready && !(irq_mask_8259A & lines) && !panicstr;
}

// For the monitor: wait for a character.  Halts the CPU meanwhile if input
// interrupts.
int
getchar(void)
{
	int c;

	monitor_reads = true;
	while ((c = cons_getc()) == 0)
		if (cons_interrupts())
			wait_for_interrupt();
		else
			pause();
	monitor_reads = false;
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
	static const char no_serial[] = "Serial port does not exist!\n";

	screen_init();
	serial_intr();			// turning its FIFO on empties it
	serial_init();
	printer_init();
	cputchar('\n');
	if (!serial_exists)
		cons_write(no_serial, sizeof(no_serial) - 1);
}
