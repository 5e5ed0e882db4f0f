// tests/user/testfmt.c - corner cases of formatted text, through snprintf.

#include <inc/lib.h>

static char buf[256];

// Check that a format with these arguments gives the text `want`.
#define GIVES(want, ...) do {						\
	int gives_n = snprintf(buf, sizeof(buf), __VA_ARGS__);		\
									\
	if (strcmp(buf, want) != 0)					\
		panic("line %d: \"%s\", not \"%s\"", __LINE__, buf,	\
			want);						\
	if (gives_n != strlen(want))					\
		panic("line %d: returned %d", __LINE__, gives_n);	\
} while (0)

static void
test_numbers(void)
{
	GIVES("0 1 -1", "%d %d %d", 0, 1, -1);
	GIVES("2147483647 -2147483648", "%d %d", 0x7FFFFFFF, 0x80000000);
	GIVES("4294967295", "%u", -1);
	GIVES("15254", "%o", 6828);
	GIVES("37777777777", "%o", -1);
	GIVES("deadbeef", "%x", 0xDEADBEEF);
	GIVES("0", "%x", 0);
	GIVES("0xf0100000", "%p", (void *) 0xF0100000);
	GIVES("0x0", "%p", NULL);
	GIVES("-1 4294967295", "%ld %lu", -1L, -1L);
	GIVES("-9223372036854775808", "%lld", (int64_t) (1ULL << 63));
	GIVES("9223372036854775807", "%lld", (int64_t) ~(1ULL << 63));
	GIVES("18446744073709551615", "%llu", -1LL);
	GIVES("1777777777777777777777", "%llo", -1LL);
	GIVES("123456789abcdef0 7", "%llx %d", 0x123456789ABCDEF0LL, 7);
	GIVES("10000000000 7", "%lld %d", 10000000000LL, 7);
}

static void
test_padding(void)
{
	GIVES("   42|42   |00042", "%5d|%-5d|%05d", 42, 42, 42);
	GIVES("  -42|-42  |-0042", "%5d|%-5d|%05d", -42, -42, -42);
	GIVES("0000002a|      2a", "%08x|%8x", 42, 42);
	GIVES("123456", "%3d", 123456);
	GIVES("   42|42   ", "%*d|%-*d", 5, 42, 5, 42);
	GIVES("42   ", "%*d", -5, 42);
	GIVES("   ab|ab   |abcdef", "%5s|%-5s|%3s", "ab", "ab", "abcdef");
	GIVES("abc|ab|", "%.3s|%.3s|%.0s", "abcdef", "ab", "abc");
	GIVES("ab|  ab", "%.*s|%4.2s", 2, "abc", "abc");
	GIVES("     120 d ", "%8d %c ", 120, 'd');
}

static void
test_text(void)
{
	static const char no_end[4] = { 'a', 'b', 'c', 'd' };

	GIVES("", "%s", "");
	GIVES("plain", "plain");
	GIVES("(null)|  (null)", "%s|%8s", NULL, NULL);
	GIVES("xyz", "%c%c%c", 'x', 'y', 'z');
	GIVES("100%", "%d%%", 100);
	GIVES("abcd", "%.4s", no_end);		// reads no further
	GIVES("a?b?~ ?", "%#s", "a\nb\x7F~ \xFF");
	GIVES("a\nb", "%s", "a\nb");

	// Unknown formats are printed as they stand
	GIVES("%z 7", "%z %d", 7);
	GIVES("%y", "%y");
	GIVES("%", "%");
}

static void
test_errors(void)
{
	GIVES("out of memory", "%e", -E_NO_MEM);
	GIVES("out of memory", "%e", E_NO_MEM);
	GIVES("unspecified error", "%e", -E_UNSPECIFIED);
	GIVES("operation not supported", "%e", -E_NOT_SUPP);
	GIVES("error 16", "%e", -MAXERROR);
	GIVES("error 12345", "%e", 12345);
	GIVES("error 0", "%e", 0);
	GIVES("error 2147483648", "%e", 0x80000000);
}

static void
test_limits(void)
{
	memset(buf, '#', sizeof(buf));
	if (snprintf(buf, 5, "%s", "hello, world") != 12)
		panic("a text cut off does not return its whole length");
	if (memcmp(buf, "hell\0#", 6) != 0)
		panic("a text is not cut off where it should be");

	memset(buf, '#', sizeof(buf));
	if (snprintf(buf, 6, "%s", "hello") != 5
	    || memcmp(buf, "hello\0#", 7) != 0)
		panic("a text that just fits");
	memset(buf, '#', sizeof(buf));
	if (snprintf(buf, 1, "%d", 123) != 3 || memcmp(buf, "\0#", 2) != 0)
		panic("a buffer for the NUL only");

	if (snprintf(buf, 0, "x") != -E_INVAL
	    || snprintf(buf, -1, "x") != -E_INVAL
	    || snprintf(NULL, 5, "x") != -E_INVAL)
		panic("no buffer, but no -E_INVAL");
}

static void
collect(int ch, void *arg)
{
	char **next = arg;

	if (ch < 0 || ch > 0xFF)
		panic("character %d", ch);
	*(*next)++ = ch;
}

// printfmt passes the text byte by byte.
static void
test_printfmt(void)
{
	static const char want[] = "a number, 0000000000000000000000000000"
		"00000000000000000000000000000000042, \xE9 and text";
	char *next = buf;

	printfmt(collect, &next, "a %s, %063d, %c and %.4s", "number", 42, 0xE9,
		"text");
	if (next - buf != sizeof(want) - 1
	    || memcmp(buf, want, sizeof(want) - 1) != 0)
		panic("printfmt: %.*s", next - buf, buf);
}

// cprintf flushes its buffer several times; it must print and count all bytes.
static void
test_cprintf(void)
{
	static char line[1000];

	memset(line, '.', sizeof(line) - 2);
	line[sizeof(line) - 2] = '\n';
	if (cprintf("%s", line) != sizeof(line) - 1)
		panic("cprintf does not return what it printed");
	if (cprintf("%s", "") != 0)
		panic("cprintf of nothing does not return 0");
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	test_numbers();
	test_padding();
	test_text();
	test_errors();
	test_limits();
	test_printfmt();
	test_cprintf();
	cprintf("%1000d\n", 7);		// more than is printed at once
	cprintf("testfmt ok\n");
}
