// lib/printf.c - formatted text for the console, whatever descriptor 1 is.
//
// Entry points: cprintf, vcprintf.
//
// The text is printed in blocks of 256 bytes.  A text that fits into one is
// never mixed with what other environments print.

#include <inc/lib.h>

static void
flush(struct Output *out)
{
	sys_cputs(out->text, out->used);
	out->used = 0;
}

int
vcprintf(const char *fmt, va_list ap)
{
	char text[256];
	struct Output out = { .text = text, .size = sizeof(text),
		.flush = flush };

	vprintfmt(put_output, &out, fmt, ap);
	if (out.used > 0)
		flush(&out);
	return out.total;
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
