// kern/printf.c - formatted text on the console (cprintf, vcprintf).

#include <inc/stdio.h>

#include <kern/console.h>

// vcprintf collects text, as the console prints large pieces faster.
static void
flush(struct Output *out)
{
	cons_write(out->text, out->used);
	out->used = 0;
}

int
vcprintf(const char *fmt, va_list ap)
{
	char text[128];
	struct Output out = { .text = text, .size = sizeof(text),
		.flush = flush };

	vprintfmt(put_output, &out, fmt, ap);
	flush(&out);
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
