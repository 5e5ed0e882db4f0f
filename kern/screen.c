// kern/screen.c - the screen, as a device of the console.
//
// In text mode the screen is an array of cells in memory: a character in the
// low byte, its colours in the high one.  The cursor is a register pair of
// the video controller.
//
// Entry points: screen_init, screen_write, screen_show_cursor.

#include <inc/memlayout.h>
#include <inc/x86.h>

#include <kern/consdev.h>

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
	const int last = (ROWS - 1) * COLS;

	for (int i = 0; i < last; i++)
		screen[i] = screen[i + COLS];
	for (int i = last; i < last + COLS; i++)
		screen[i] = BLANK;
	cursor -= COLS;
}

void
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

void
screen_show_cursor(void)
{
	screen_set_reg(CURSOR_HI, cursor >> 8);
	screen_set_reg(CURSOR_LO, cursor & 0xFF);
}
