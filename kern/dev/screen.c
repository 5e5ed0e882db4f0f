// kern/dev/screen.c - the screen, as a device of the console.
//
// In text mode the screen is an array of cells in memory: a character in the
// low byte, its colours in the high one.  The cursor is a register pair of
// the video controller.
//
// Entry points: screen_init, screen_write.

#include <inc/memlayout.h>
#include <inc/string.h>
#include <inc/x86.h>

#include <kern/dev/consdev.h>

#define ROWS		25
#define COLS		80
#define LAST_CELL	(ROWS * COLS - 1)
#define TABWIDTH	8

#define COLOR_BUF	0xB8000		// physical
#define COLOR_PORT	0x3D4		// register number; its value: next port
#define MONO_BUF	0xB0000
#define MONO_PORT	0x3B4
#define CURSOR_HI	14		// registers
#define CURSOR_LO	15

#define COLORS		0x0700		// light grey on black
#define BLANK		(COLORS | ' ')
#define LAST_CONTROL	'\r'

static uint16_t *screen;
static int screen_port;
static int cursor;			// as a cell number

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

// As one 16-bit access, which the two ports see as one each.
static inline void
screen_set_reg(int reg, uint8_t value)
{
	outw(screen_port, value << 8 | reg);
}

// Go on where the BIOS has left the cursor.
void
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
	static const uint16_t empty_row[COLS] = { [0 ... COLS - 1] = BLANK };
	const int last = (ROWS - 1) * COLS;

	memmove(screen, screen + COLS, last * sizeof(*screen));
	memmove(screen + last, empty_row, sizeof(empty_row));
	cursor -= COLS;
}

// Print one character that moves the cursor, or fills the last cell; all others
// are for screen_write alone.
static void
screen_put(uint8_t c)
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
		screen[cursor++] = COLORS | c;
		break;
	}
	if (cursor >= ROWS * COLS)
		screen_scroll();
}

static inline void
screen_show_cursor(void)
{
	screen_set_reg(CURSOR_HI, cursor >> 8);
	screen_set_reg(CURSOR_LO, cursor & 0xFF);
}

// Most characters just fill the next cell: not those up to LAST_CONTROL, some
// of which move the cursor, and none in the last cell, where all must move up.
void
screen_write(const char *s, size_t n)
{
	const char *const end = s + n;

	while (s < end) {
		uint16_t *cell = &screen[cursor];
		const char *const to = s
			+ MIN((int) (end - s), LAST_CELL - cursor);

		while (s < to && (uint8_t) *s > LAST_CONTROL)
			*cell++ = COLORS | (uint8_t) *s++;
		cursor = cell - screen;
		if (s < end)
			screen_put(*s++);
	}
	screen_show_cursor();
}
