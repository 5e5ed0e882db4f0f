// kern/console.c - the console: serial line, printer port, screen, keyboard.
//
// All output goes to the serial line, the printer port and the screen; input
// comes from the serial line and the keyboard, through one queue.  A device
// that is not there, or stops answering, is left out.
//
// Entry points: cons_init, cons_write, cputchar; cons_getc, cons_getkey,
// cons_getline, cons_has_input, cons_interrupts, getchar, iscons; for the
// devices, cons_intr.
// Under the kernel lock, once there is more than one CPU.

#include <inc/error.h>
#include <inc/kbdreg.h>
#include <inc/trap.h>
#include <inc/typed.h>
#include <inc/x86.h>

#include <kern/console.h>
#include <kern/debug/audit.h>
#include <kern/dev/consdev.h>
#include <kern/lab.h>
#include <kern/monitor.h>
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
// what is in the ring, empty and full included.  Keys are taken as they come:
// who reads lines of them has lib/readline.c for that.

#define QUEUE_SIZE	512		// a power of 2

// Ctrl-t, when somebody debugs: look for faults now, whatever is running.
#define CHECK_KEY	('t' & 0x1F)

// Ctrl-\: the monitor, whatever is running.
#define MONITOR_KEY	('\\' & 0x1F)

#define INTERRUPT_KEY	('c' & 0x1F)

static struct {
	uint16_t chars[QUEUE_SIZE];	// a byte, or KEY_TEXT and a byte
	uint32_t put, taken;
} queue;

const char console_input;
void (*cons_wake)(const void *object);
bool (*cons_interrupt)(void);
static bool monitor_reads;		// keys are for the monitor

static struct Typed line;		// for programs
static int line_taken;			// bytes that they have
static bool line_complete;		// before that, they get nothing

static bool
queue_is_full(void)
{
	return queue.put - queue.taken == QUEUE_SIZE;
}

static void
line_drop(void)
{
	line.len = line_taken = 0;
	line_complete = false;
}

// Keys that do something at once, and are not input.
static bool
acts_at_once(int c)
{
	if (c == CHECK_KEY && debug_asked) {
		audit(true);
		return true;
	}
	if (monitor_reads)
		return false;
	if (c == MONITOR_KEY) {
		monitor(NULL);
		return true;
	}
	if (c == INTERRUPT_KEY && cons_interrupt && cons_interrupt()) {
		cprintf("^C\n");
		queue.taken = queue.put;
		line_drop();
		return true;
	}
	return false;
}

// What finds no room stays in the device.
void
cons_intr(int (*get_char)(void))
{
	const uint32_t before = queue.put;
	int c;

	while (!queue_is_full() && (c = get_char()) >= 0)
		if (c != 0 && !acts_at_once(c))
			queue.chars[queue.put++ % QUEUE_SIZE] = c;
	if (queue.put != before && cons_wake)
		cons_wake(&console_input);
}

bool
cons_has_input(void)
{
	// The keyboard and the serial line may have no interrupts yet
	serial_intr();
	kbd_intr();
	return queue.put != queue.taken || line_complete;
}

int
cons_getc(void)
{
	if (!cons_has_input())
		return 0;
	return queue.chars[queue.taken++ % QUEUE_SIZE];
}

// In canonical mode, lines are made when somebody wants one: what was typed
// before that waits in the queue, and is echoed where it is read.
int
cons_getline(void)
{
	int c;

	while (!line_complete) {
		if ((c = cons_getc()) == 0)
			return 0;
		line_complete = typed_key(&line, c);
	}
	c = line.len > 0 ? (uint8_t) line.text[line_taken++] : -E_EOF;
	if (line_taken == line.len)
		line_drop();
	return c;
}

// What remains of a line comes first.
int
cons_getkey(void)
{
	if (!line_complete) {
		line_drop();
		return cons_getc();
	}
	const int c = cons_getline();
	return c < 0x80 ? c : c | KEY_TEXT;
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
	screen_init();
	serial_init();
	printer_init();
	cputchar('\n');
	if (!serial_exists)
		cprintf("Serial port does not exist!\n");
}
