// kern/dev/screen.c - the screen, as a device of the console.
//
// In text mode the screen is an array of 16-bit cells in memory: the low byte
// is a character, the high byte its colours.  A pair of registers of the video
// controller holds the cursor's cell.
//
// Entry points: screen_init, screen_write.

#include <inc/memlayout.h>
#include <inc/string.h>
#include <inc/x86.h>

#include <kern/dev/consdev.h>

#define CRT_ROWS	25
#define CRT_COLS	80
#define CRT_SIZE	(CRT_ROWS * CRT_COLS)
#define LAST_CELL	(CRT_SIZE - 1)
#define LAST_ROW	(CRT_SIZE - CRT_COLS)	// its first cell
#define TABWIDTH	8

#define COLOR_BUF	0xB8000		// physical
#define COLOR_PORT	0x3D4		// register number; value at port + 1
#define MONO_BUF	0xB0000
#define MONO_PORT	0x3B4
#define CURSOR_HI	14		// registers of the cursor's cell
#define CURSOR_LO	15

#define COLORS		0x0700		// light grey on black
#define BLANK		(COLORS | ' ')
#define LAST_CONTROL	'\r'

static uint16_t *crt_buf;		// the cells
static int screen_port;
static int crt_pos;			// the cell of the cursor

// Is there video memory at pa, which keeps what is written to it?
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

// One 16-bit access writes both ports.
static inline void
screen_set_reg(int reg, uint8_t value)
{
	outw(screen_port, value << 8 | reg);
}

// Continue where the BIOS has left the cursor.
void
screen_init(void)
{
	const bool color = screen_is_at(COLOR_BUF);

	screen_port = color ? COLOR_PORT : MONO_PORT;
	crt_buf = (uint16_t *) (KERNBASE + (color ? COLOR_BUF : MONO_BUF));
	crt_pos = screen_reg(CURSOR_HI) << 8 | screen_reg(CURSOR_LO);
	if (crt_pos >= CRT_SIZE)
		crt_pos = 0;
}

// Print one character.  screen_write does so itself for those that just fill
// the next cell.
static void
cga_putc(int c)
{
	static const uint16_t empty_row[CRT_COLS] = {
		[0 ... CRT_COLS - 1] = BLANK
	};
	const int column = crt_pos % CRT_COLS;

	switch (c) {
	case '\n':
		crt_pos += CRT_COLS - column;
		break;
	case '\r':
		crt_pos -= column;
		break;
	case '\t':
		crt_pos += TABWIDTH - column % TABWIDTH;
		break;
	case '\b':
		if (crt_pos > 0)
			crt_buf[--crt_pos] = BLANK;
		break;
	default:
		crt_buf[crt_pos++] = COLORS | c;
		break;
	}

	// The cursor is below the last row: move all rows up by one.
	if (crt_pos >= CRT_SIZE) {
		memmove(crt_buf, crt_buf + CRT_COLS,
			LAST_ROW * sizeof(*crt_buf));
		memmove(crt_buf + LAST_ROW, empty_row, sizeof(empty_row));
		crt_pos -= CRT_COLS;
	}
}

// Most characters just fill the next cell.  cga_putc prints the others: those
// up to LAST_CONTROL, some of which move the cursor, and any in the last cell,
// after which the screen scrolls.
void
screen_write(const char *s, size_t n)
{
	const char *const end = s + n;

	while (s < end) {
		uint16_t *cell = &crt_buf[crt_pos];
		const char *const to = s
			+ MIN((int) (end - s), LAST_CELL - crt_pos);

		while (s < to && (uint8_t) *s > LAST_CONTROL)
			*cell++ = COLORS | (uint8_t) *s++;
		crt_pos = cell - crt_buf;
		if (s < end)
			cga_putc((uint8_t) *s++);
	}
	screen_set_reg(CURSOR_HI, crt_pos >> 8);
	screen_set_reg(CURSOR_LO, crt_pos & 0xFF);
}
