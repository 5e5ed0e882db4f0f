// kern/console.c - the console: serial line, screen, keyboard.
//
// All output goes to the serial line and the screen; input comes from the
// serial line and the keyboard, through one ring.
//
// Entry points: cons_init, cons_write, cputchar; serial_intr, kbd_intr;
// cons_getc, getchar, iscons.

void
cons_write(const char *s, size_t n)
{
	if (serial_exists)
		serial_write(s, n);
	screen_write(s, n);
}

static struct {
	uint16_t keys[RING_SIZE];	// a byte, or KEY_TEXT and a byte
	uint32_t put, taken;
} ring;

static void
cons_intr(int (*get_key)(void))
{
	int key;

	while (ring.put - ring.taken < RING_SIZE && (key = get_key()) >= 0)
		if (key == KEY_REBOOT)
			reboot();
		else if (key != 0)
			ring.keys[ring.put++ % RING_SIZE] = key;
}

// Polls the devices, whose interrupts may be off.
int
cons_getc(void)
{
	serial_intr();
	kbd_intr();
	return ring.put != ring.taken ? ring.keys[ring.taken++ % RING_SIZE] : 0;
}

// For the monitor: wait for a character.
int
getchar(void)
{
	int c;

	while ((c = cons_getc()) == 0)
		pause();
	return c;
}

void
cons_init(void)
{
	static const char no_serial[] = "Serial port does not exist!\n";

	screen_init();
	serial_init();
	cputchar('\n');
	if (!serial_exists)
		cons_write(no_serial, sizeof(no_serial) - 1);
}
