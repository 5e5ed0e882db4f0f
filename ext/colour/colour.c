// ext/colour/colour.c - ANSI escape sequences on the screen.
//
// All output passes through cons_write.  The serial line and the printer get it
// as it is; for the screen, this file takes the escape sequences out, and
// colours the cells of the characters that follow them.
//
// A sequence is read a byte at a time, so it may come in several calls.  The
// bytes that may stand in one, and that may end it, are those of ECMA-48, 5.4:
//
//	ESC [ parameters intermediates final	a control sequence
//	ESC intermediates final			any other
//
// Of them all, only ESC [ numbers m (SGR, ECMA-48, 8.3.117) does something.

#include <inc/memlayout.h>
#include <inc/string.h>
#include <inc/types.h>
#include <inc/x86.h>

#include <kern/console.h>
#include <kern/dev/consdev.h>
#include <kern/ext.h>

#define ESC		'\033'
#define CAN		'\030'		// gives up a sequence
#define SUB		'\032'		// so does this

// -------------------------------------------------------------------- cells
// A cell's high byte: three bits of background, a bit for bright letters, three
// bits of foreground (kern/dev/screen.c).

#define CELLS		((volatile uint16_t *) (KERNBASE + 0xB8000))
#define COLUMNS		80
#define NCELLS		(25 * COLUMNS)
#define CURSOR_PORT	0x3D4
#define CURSOR_HI	14
#define CURSOR_LO	15

#define LIGHT_GREY	7
#define BLACK		0
#define BRIGHT		0x08

static struct {
	uint8_t foreground, background, bright;
} now = { LIGHT_GREY, BLACK, 0 };

static bool
is_plain(void)
{
	return now.foreground == LIGHT_GREY && now.background == BLACK
		&& !now.bright;
}

static uint32_t
cursor(void)
{
	outb(CURSOR_PORT, CURSOR_HI);

	const uint32_t high = inb(CURSOR_PORT + 1);

	outb(CURSOR_PORT, CURSOR_LO);
	return high << 8 | inb(CURSOR_PORT + 1);
}

// Print one character in the present colours.  The screen may scroll after it.
static void
write_coloured(const char *s)
{
	uint32_t cell = cursor();

	screen_write(s, 1);
	if (*s != '\0' && strchr("\n\r\t\b", *s))
		return;			// it moved the cursor
	if (cursor() <= cell)
		cell -= COLUMNS;
	if (cell < NCELLS)
		CELLS[cell] = (CELLS[cell] & 0xFF) | now.background << 12
			| (now.foreground | now.bright) << 8;
}

static void
write_text(const char *s, size_t n)
{
	if (is_plain())
		screen_write(s, n);
	else
		while (n-- > 0)
			write_coloured(s++);
}

// --------------------------------------------------------------- sequences

#define MAXPARAMS	16		// more are read, but do nothing
#define MAXPARAM	999

static enum {
	TEXT,
	ESCAPE,				// after ESC
	PARAMETERS,			// after ESC [
	REST				// of a sequence that does nothing
} state;
static uint32_t params[MAXPARAMS], nparams;

// Carry out one parameter of SGR; those that are not here do nothing.
static void
set_colours(uint32_t param)
{
	// From ANSI's order of colours, where bit 0 is red, to the adapter's
	static const uint8_t colour[] = { 0, 4, 2, 6, 1, 5, 3, 7 };

	switch (param) {
	case 0:
		now.bright = 0;
		now.foreground = LIGHT_GREY;
		now.background = BLACK;
		break;
	case 1:
		now.bright = BRIGHT;
		break;
	case 22:
		now.bright = 0;
		break;
	case 30 ... 37:
		now.foreground = colour[param - 30];
		break;
	case 39:
		now.foreground = LIGHT_GREY;
		break;
	case 40 ... 47:
		now.background = colour[param - 40];
		break;
	case 49:
		now.background = BLACK;
		break;
	}
}

static void
select_graphic_rendition(void)
{
	for (uint32_t i = 0; i <= nparams && i < MAXPARAMS; i++)
		set_colours(params[i]);
}

static void
read_parameters(uint8_t c)
{
	if (c >= '0' && c <= '9') {
		if (nparams < MAXPARAMS)
			params[nparams] = MIN(params[nparams] * 10 + (c - '0'),
				(uint32_t) MAXPARAM);
	} else if (c == ';') {
		if (nparams < MAXPARAMS && ++nparams < MAXPARAMS)
			params[nparams] = 0;
	} else if (c >= 0x40) {
		if (c == 'm')
			select_graphic_rendition();
		state = TEXT;
	} else {
		state = REST;		// a private one, or with intermediates
	}
}

// Read a byte of a sequence.  Returns whether it is part of one: control
// characters have their own effect, and bytes beyond ASCII end the sequence, so
// that none can silence the screen.
static bool
read_sequence(uint8_t c)
{
	if (c == ESC) {
		state = ESCAPE;
		return true;
	}
	if (c == CAN || c == SUB || c > '~') {
		state = TEXT;
		return c < ' ';
	}
	if (c < ' ')
		return false;
	switch (state) {
	case ESCAPE:
		nparams = params[0] = 0;
		state = c == '[' ? PARAMETERS : c < 0x30 ? REST : TEXT;
		break;
	case PARAMETERS:
		read_parameters(c);
		break;
	default:
		if (c >= 0x40)
			state = TEXT;
		break;
	}
	return true;
}

static void
write_to_screen(const char *s, size_t n)
{
	const char *const end = s + n;

	while (s < end) {
		const char *text = s;

		if (state != TEXT) {
			if (!read_sequence(*s))
				write_text(s, 1);
			s++;
			continue;
		}
		while (s < end && *s != ESC)
			s++;
		if (s > text)
			write_text(text, s - text);
		if (s < end)
			read_sequence(*s++);
	}
}

// ----------------------------------------------------------- the extension

// In place of kern/console.c's
static void
colour_cons_write(const char *s, size_t n)
{
	if (serial_exists)
		serial_write(s, n);
	if (printer_exists)
		printer_write(s, n);
	write_to_screen(s, n);
}

static void
colour_cputchar(int c)
{
	const char byte = c;

	colour_cons_write(&byte, 1);
}

static void
colour_boot(void)
{
	ext_replace(cons_write, colour_cons_write);
	// It may have cons_write in line.
	ext_replace(cputchar, colour_cputchar);
}

EXTENSION(colour, .boot = colour_boot);
