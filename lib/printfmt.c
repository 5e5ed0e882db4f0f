// lib/printfmt.c - formatted text, for the kernel and for programs.
//
// Entry points:
//   vprintfmt, printfmt	pass the text to a function, byte by byte
//   put_output			such a function, which puts the bytes into a
//				buffer and flushes it when it is full
//   vsnprintf, snprintf	put as much of the text as fits into a string
//
// cprintf, in kern/printf.c or a program, calls vprintfmt with put_output.

#include <inc/assert.h>
#include <inc/error.h>
#include <inc/stdarg.h>
#include <inc/stdio.h>
#include <inc/string.h>
#include <inc/types.h>

#define MAXDIGITS	24	// 64 bits in octal are 22

// What stands between a '%' and its letter.
struct Spec {
	bool left;		// '-': pad on the right
	bool zeros;		// '0': pad numbers with zeros
	bool printable;		// '#': unprintable bytes of a string become '?'
	int width;		// pad to this
	int precision;		// most bytes of a string, or least digits
				// of a number; -1: not given
	int longs;		// how many 'l'
};

// One per code in inc/error.h; nothing for 0.
static const char *const error_string[] = {
	[E_UNSPECIFIED] = "unspecified error",
	[E_BAD_ENV] = "bad environment",
	[E_INVAL] = "invalid parameter",
	[E_NO_MEM] = "out of memory",
	[E_NO_FREE_ENV] = "out of environments",
	[E_FAULT] = "segmentation fault",
	[E_IPC_NOT_RECV] = "env is not recving",
	[E_EOF] = "unexpected end of file",
	[E_NO_DISK] = "no free space on disk",
	[E_MAX_OPEN] = "too many files are open",
	[E_NOT_FOUND] = "file or block not found",
	[E_BAD_PATH] = "invalid path",
	[E_FILE_EXISTS] = "file already exists",
	[E_NOT_EXEC] = "file is not a valid executable",
	[E_NOT_SUPP] = "operation not supported",
};

static_assert(ARRAY_SIZE(error_string) == MAXERROR);

// ------------------------------------------------------------------ output

void
put_output(int ch, void *putdat)
{
	struct Output *out = putdat;

	if (out->used == out->size)
		out->flush(out);
	out->text[out->used++] = ch;
	out->total++;
}

// The function that takes vprintfmt's bytes, and its second argument
struct Sink {
	void (*putch)(int ch, void *putdat);
	void *putdat;
};

static void
put(const struct Sink *to, char ch)
{
	to->putch((unsigned char) ch, to->putdat);
}

// Put n bytes, which put_text copies at once if putch is put_output.
static void
put_text(const struct Sink *to, const char *s, size_t n)
{
	struct Output *out = to->putdat;

	while (n > 0 && to->putch != put_output) {
		put(to, *s++);
		n--;
	}
	while (n > 0) {
		if (out->used == out->size)
			out->flush(out);

		const size_t fits = MIN(n, out->size - out->used);
		memcpy(out->text + out->used, s, fits);
		out->used += fits;
		out->total += fits;
		s += fits;
		n -= fits;
	}
}

// Put ch n times; not at all if n is negative.
static void
put_repeated(const struct Sink *to, char ch, int n)
{
	for (; n > 0; n--)
		put(to, ch);
}

static void
put_bytes(const struct Sink *to, const struct Spec *spec,
	const char *s, int len)
{
	int padding = spec->width - len;

	if (!spec->left)
		put_repeated(to, ' ', padding);
	if (!spec->printable)
		put_text(to, s, len);
	else
		for (; len > 0; len--, s++)
			put(to, *s >= ' ' && *s <= '~' ? *s : '?');
	if (spec->left)
		put_repeated(to, ' ', padding);
}

static void
put_string(const struct Sink *to, const struct Spec *spec, const char *s)
{
	if (s == NULL)
		s = "(null)";
	if (spec->precision >= 0)
		put_bytes(to, spec, s, strnlen(s, spec->precision));
	else
		put_bytes(to, spec, s, strlen(s));
}

// A number with something in front of it: a sign, "0x", or "error ".
static void
put_number(const struct Sink *to, const struct Spec *spec,
	const char *prefix, unsigned long long value, unsigned base)
{
	static const char digits[] = "0123456789abcdef";
	char buf[MAXDIGITS];
	char *end = buf + MAXDIGITS;
	char *first = end;

	// Divide 64 bits only while needed: 32 bits are one instruction
	do {
		const unsigned long long quotient = value >> 32
			? value / base : (uint32_t) value / base;

		*--first = digits[(uint32_t) (value - quotient * base)];
		value = quotient;
	} while (value != 0);

	const int length = strlen(prefix);
	int zeros = MAX(spec->precision - (end - first), 0);
	int padding = spec->width - length - zeros - (end - first);

	if (spec->zeros && !spec->left && spec->precision < 0) {
		zeros = MAX(padding, 0);
		padding = 0;
	}

	if (!spec->left)
		put_repeated(to, ' ', padding);
	put_text(to, prefix, length);
	put_repeated(to, '0', zeros);
	put_text(to, first, end - first);
	if (spec->left)
		put_repeated(to, ' ', padding);
}

static void
put_signed(const struct Sink *to, const struct Spec *spec, long long value)
{
	if (value < 0)
		put_number(to, spec, "-", -(unsigned long long) value, 10);
	else
		put_number(to, spec, "", value, 10);
}

// Print a number, padded to width bytes with padc.  Not used here: put_number
// replaces it.  It is for a vprintfmt from another tree, which calls it.
static void __attribute__((unused))
printnum(void (*putch)(int, void *), void *putdat, unsigned long long num,
	unsigned base, int width, int padc)
{
	char digits[MAXDIGITS];
	int n = 0;

	do {
		digits[n++] = "0123456789abcdef"[num % base];
		num /= base;
	} while (num != 0);
	for (; width > n; width--)
		putch(padc, putdat);
	while (n > 0)
		putch(digits[--n], putdat);
}

// The text of an error code, of either sign.
static void
put_error(const struct Sink *to, const struct Spec *spec, int err)
{
	unsigned code = err < 0 ? -(unsigned) err : (unsigned) err;

	if (code > 0 && code < MAXERROR)
		put_string(to, spec, error_string[code]);
	else
		put_number(to, spec, "error ", code, 10);
}

// ------------------------------------------------------------------- input

static long long
getint(va_list *ap, int lflag)
{
	if (lflag == 0)
		return va_arg(*ap, int);
	if (lflag == 1)
		return va_arg(*ap, long);
	return va_arg(*ap, long long);
}

static unsigned long long
getuint(va_list *ap, int lflag)
{
	if (lflag == 0)
		return va_arg(*ap, unsigned);
	if (lflag == 1)
		return va_arg(*ap, unsigned long);
	return va_arg(*ap, unsigned long long);
}

// Read digits, or a '*' that stands for the next argument, into *value.
// Returns what follows them.
static const char *
parse_count(const char *fmt, va_list *ap, int *value)
{
	*value = 0;
	if (*fmt == '*') {
		*value = va_arg(*ap, int);
		return fmt + 1;
	}
	for (; *fmt >= '0' && *fmt <= '9'; fmt++)
		*value = *value * 10 + (*fmt - '0');
	return fmt;
}

static const char *
parse_flags(const char *fmt, struct Spec *spec)
{
	for (;; fmt++) {
		if (*fmt == '-')
			spec->left = true;
		else if (*fmt == '0')
			spec->zeros = true;
		else if (*fmt == '#')
			spec->printable = true;
		else
			return fmt;
	}
}

// Read everything between the '%' and the letter; returns the letter's place.
static const char *
parse_spec(const char *fmt, va_list *ap, struct Spec *spec)
{
	*spec = (struct Spec) { .precision = -1 };

	fmt = parse_flags(fmt, spec);
	fmt = parse_count(fmt, ap, &spec->width);
	if (spec->width < 0) {		// the argument of a '*'
		spec->left = true;
		spec->width = -spec->width;
	}
	if (*fmt == '.')
		fmt = parse_count(fmt + 1, ap, &spec->precision);
	for (; *fmt == 'l'; fmt++)
		spec->longs++;
	return fmt;
}

// ------------------------------------------------------------ entry points

// A format is % [flags] [width] [.precision] [l or ll] letter:
//
//	flags		- pad on the right, 0 pad with zeros,
//			# print '?' for unprintable bytes of a string
//	width		digits, or * for an int argument
//	precision	likewise: bytes of a string, digits of a number
//
//	%d %u %o %x	numbers: signed, unsigned, octal, hexadecimal
//	%p		pointer: 0x and hexadecimal
//	%c %s		byte, string ("(null)" for a null pointer)
//	%e		text of an error code, negative or not
//	%%		a percent sign
//
// Anything else comes out as it stands.
void
vprintfmt(void (*putch)(int, void *), void *putdat, const char *fmt,
	va_list ap)
{
	const struct Sink to = { putch, putdat };

	for (;;) {
		const char *start = fmt;
		const char *prefix = "";
		struct Spec spec;
		unsigned long long num;
		unsigned base;
		char ch;

		fmt = strfind(fmt, '%');
		put_text(&to, start, fmt - start);
		if (*fmt == '\0')
			return;

		start = fmt;
		fmt = parse_spec(fmt + 1, &ap, &spec);

		const int lflag = spec.longs;

		switch (*fmt++) {
		case 'c':
			ch = va_arg(ap, int);
			put_bytes(&to, &spec, &ch, 1);
			break;

		case 's':
			put_string(&to, &spec, va_arg(ap, const char *));
			break;

		case 'e':
			put_error(&to, &spec, va_arg(ap, int));
			break;

		case 'd':
			put_signed(&to, &spec, getint(&ap, lflag));
			break;

		case 'u':
			num = getuint(&ap, lflag);
			base = 10;
			goto number;

		case 'o':
			num = getuint(&ap, lflag);
			base = 8;
			goto number;

		case 'x':
			num = getuint(&ap, lflag);
			base = 16;
			goto number;

		case 'p':
			num = (uintptr_t) va_arg(ap, void *);
			base = 16;
			prefix = "0x";
		number:
			put_number(&to, &spec, prefix, num, base);
			break;

		case '%':
			put(&to, '%');
			break;

		default:
			// Print the '%'; the rest is ordinary text
			put(&to, '%');
			fmt = start + 1;
			break;
		}
	}
}

void
printfmt(void (*putch)(int, void *), void *putdat, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintfmt(putch, putdat, fmt, args);
	va_end(args);
}

// Text that does not fit into the caller's string goes to r.text and is lost.
struct Rest {
	struct Output out;
	char text[16];
};

static void
rest_flush(struct Output *out)
{
	struct Rest *r = (struct Rest *) out;

	out->text = r->text;
	out->size = sizeof(r->text);
	out->used = 0;
}

// Leaves a terminated string of at most size bytes, NUL included.  Returns the
// length of the whole text, or -E_INVAL if str is NULL or size is not positive.
int
vsnprintf(char *str, int size, const char *fmt, va_list ap)
{
	struct Rest r;

	if (str == NULL || size <= 0)
		return -E_INVAL;
	r.out = (struct Output) { .text = str, .size = size - 1,
		.flush = rest_flush };
	vprintfmt(put_output, &r.out, fmt, ap);
	str[MIN(r.out.total, size - 1)] = '\0';
	return r.out.total;
}

int
snprintf(char *str, int size, const char *fmt, ...)
{
	int length;
	va_list args;

	va_start(args, fmt);
	length = vsnprintf(str, size, fmt, args);
	va_end(args);
	return length;
}
