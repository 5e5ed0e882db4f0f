// kern/printf.c - formatted text on the console (cprintf, vcprintf).

#include <inc/stdio.h>

#include <kern/console.h>

// Text on its way to the console, which likes it in larger pieces.
struct Outbuf {
	char text[128];
	size_t used;
	int total;			// characters, also those gone already
};

static void
outbuf_flush(struct Outbuf *out)
{
	cons_write(out->text, out->used);
	out->used = 0;
}

static void
outbuf_put(int ch, void *putdat)
{
	struct Outbuf *out = putdat;

	out->text[out->used++] = ch;
	out->total++;
	if (out->used == sizeof(out->text))
		outbuf_flush(out);
}

int
vcprintf(const char *fmt, va_list ap)
{
	struct Outbuf out;

	out.used = 0;
	out.total = 0;
	vprintfmt(outbuf_put, &out, fmt, ap);
	outbuf_flush(&out);
	return out.total;
}

int
cprintf(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int n = vcprintf(fmt, ap);
	va_end(ap);
	return n;
}
