// lib/fprintf.c - formatted text for a descriptor.
//
// Entry points: printf, fprintf, vfprintf.
// All return the number of bytes written or, if write took none, its error.

#include <inc/lib.h>

struct Stream {
	struct Output out;
	int num;		// the descriptor
	ssize_t written;
	int error;		// from write
	bool stopped;		// by an error, or a closed pipe
	char text[256];
};

static void
stream_flush(struct Output *out)
{
	struct Stream *s = (struct Stream *) out;
	size_t done = 0;

	while (done < out->used && !s->stopped) {
		ssize_t r = write(s->num, s->text + done, out->used - done);

		if (r < 0)
			s->error = r;
		if (r <= 0)
			s->stopped = true;
		else
			done += r;
	}
	s->written += done;
	out->used = 0;
}

int
vfprintf(int num, const char *fmt, va_list ap)
{
	struct Stream s;

	s.num = num;
	s.written = s.error = 0;
	s.stopped = false;
	s.out = (struct Output) { .text = s.text, .size = sizeof(s.text),
		.flush = stream_flush };
	vprintfmt(put_output, &s.out, fmt, ap);
	stream_flush(&s.out);
	return s.written > 0 ? s.written : s.error;
}

int
fprintf(int num, const char *fmt, ...)
{
	int written;
	va_list args;

	va_start(args, fmt);
	written = vfprintf(num, fmt, args);
	va_end(args);
	return written;
}

int
printf(const char *fmt, ...)
{
	int written;
	va_list args;

	va_start(args, fmt);
	written = vfprintf(1, fmt, args);
	va_end(args);
	return written;
}
