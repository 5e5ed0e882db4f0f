// lib/printf.c - formatted text for the console, whatever descriptor 1 is.
//
// Entry points: cprintf, vcprintf.
//
// The text goes out in blocks: what fits into one comes out whole, however
// many environments print at the same time.

#include <inc/lib.h>

struct Block {
	int total;		// characters so far
	int used;		// of them in text[], not printed yet
	char text[256];
};

static void
block_flush(struct Block *b)
{
	sys_cputs(b->text, b->used);
	b->used = 0;
}

static void
block_put(int ch, void *arg)
{
	struct Block *b = arg;

	b->text[b->used++] = ch;
	b->total++;
	if (b->used == sizeof(b->text))
		block_flush(b);
}

int
vcprintf(const char *fmt, va_list ap)
{
	struct Block b;

	b.total = b.used = 0;
	vprintfmt(block_put, &b, fmt, ap);
	if (b.used > 0)
		block_flush(&b);
	return b.total;
}

int
cprintf(const char *fmt, ...)
{
	va_list args;
	int total;

	va_start(args, fmt);
	total = vcprintf(fmt, args);
	va_end(args);
	return total;
}
