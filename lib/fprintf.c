// lib/fprintf.c - formatted text for a descriptor.
//
// Entry points: printf, fprintf, vfprintf.
// All return the bytes written; if none were, the error that is the reason.

#include <inc/lib.h>

struct Stream {
	int num;		// the descriptor
	ssize_t written;
	int error;		// the first that occurred
	bool stopped;		// nobody takes what we write
	size_t used;		// bytes waiting in buf
	char buf[256];
};

static void
stream_flush(struct Stream *s)
{
	size_t done = 0;

	while (done < s->used && !s->stopped) {
		ssize_t r = write(s->num, s->buf + done, s->used - done);

		if (r < 0)
			s->error = r;
		if (r <= 0)
			s->stopped = true;
		else
			done += r;
	}
	s->written += done;
	s->used = 0;
}

static void
stream_put(int ch, void *arg)
{
	struct Stream *s = arg;

	s->buf[s->used++] = ch;
	if (s->used == sizeof(s->buf))
		stream_flush(s);
}

int
vfprintf(int num, const char *fmt, va_list ap)
{
	struct Stream s;

	s.num = num;
	s.written = s.error = s.used = 0;
	s.stopped = false;
	vprintfmt(stream_put, &s, fmt, ap);
	stream_flush(&s);
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
