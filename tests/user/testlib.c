// tests/user/testlib.c - strings, 64-bit division, flags, fstat and lines of a
// file: what the library does of them that no other program asks for.

#include <inc/lib.h>

#include <tests/user/test.h>

#define EXPECT(ok) do {							\
	if (!(ok))							\
		panic("line %d: not so: %s", __LINE__, #ok);		\
} while (0)

static void
test_strings(void)
{
	char text[8] = "1234567";

	EXPECT(strncpy(text, "ab", 4) == text);
	EXPECT(memcmp(text, "ab\0\0" "567", 8) == 0);
	strncpy(text, "abcdef", 3);
	EXPECT(memcmp(text, "abc\0" "567", 8) == 0);
	EXPECT(strcat(text, "XY") == text && strcmp(text, "abcXY") == 0);
	strcat(text, "");
	EXPECT(memcmp(text, "abcXY\0" "7", 8) == 0);
}

// The number that text begins with, and how much of text it is.
static void
number(int line, const char *text, int base, long value, int length)
{
	char *end;
	const long got = strtol(text, &end, base);

	if (got != value || end != text + length)
		panic("line %d: \"%s\" gives %d and ends at %d", line, text,
		      got, end - text);
	if (strtol(text, NULL, base) != value)
		panic("line %d: another number without an end", line);
}

static void
test_strtol(void)
{
#define NUMBER(...) number(__LINE__, __VA_ARGS__)
	NUMBER("120", 10, 120, 3);
	NUMBER(" \t-17x", 0, -17, 5);
	NUMBER("+5", 0, 5, 2);
	NUMBER("--5", 0, 0, 0);
	NUMBER("- 5", 0, 0, 0);
	NUMBER("", 0, 0, 0);
	NUMBER("0", 0, 0, 1);
	NUMBER("0778", 0, 077, 3);
	NUMBER("0xFfg", 0, 0xFF, 4);
	NUMBER("0x1f", 16, 0x1F, 4);
	NUMBER("0xg", 0, 0, 1);
	NUMBER("0x1", 10, 0, 1);
	NUMBER("Zz", 36, 35 * 36 + 35, 2);
	NUMBER("102", 2, 2, 2);
	NUMBER("-2147483648", 10, -2147483647 - 1, 11);
#undef NUMBER
}

// n / d is quot, and what is left is less than d; with signs, as C has them.
static void
check_division(uint64_t n, uint64_t d)
{
	const uint64_t quot = n / d, rem = n % d;

	if (rem >= d || quot * d + rem != n || (quot && n / quot < d))
		panic("%llx / %llx gives %llx, remainder %llx", n, d, quot,
		      rem);
	if ((n | d) >> 63)
		return;
	for (int signs = 0; signs < 4; signs++) {
		const int64_t sn = signs & 1 ? -n : n, sd = signs & 2 ? -d : d;
		const int64_t squot = sn / sd, srem = sn % sd;

		if (squot != (int64_t) (signs == 1 || signs == 2 ? -quot : quot)
		    || srem != (int64_t) (signs & 1 ? -rem : rem))
			panic("%lld / %lld gives %lld, remainder %lld", sn, sd,
			      squot, srem);
	}
}

static void
test_division(void)
{
	static volatile uint64_t values[] = { 1, 2, 3, 10, 0x7FFFFFFF,
		0x80000000, 0xFFFFFFFF, 0x100000000, 0x100000001, 0x1FFFFFFFE,
		0x123456789ABCDEF0, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000,
		0xFFFFFFFF00000000, 0xFFFFFFFFFFFFFFFE, 0xFFFFFFFFFFFFFFFF };

	for (size_t n = 0; n < ARRAY_SIZE(values); n++)
		for (size_t d = 0; d < ARRAY_SIZE(values); d++)
			check_division(values[n], values[d]);
	EXPECT(values[10] / values[7] == 0x12345678);
	EXPECT(values[10] % values[7] == 0x9ABCDEF0);
	EXPECT(values[15] / values[8] == 0xFFFFFFFF);
}

static void
test_flags(void)
{
	char *argv[] = { "prog", "-ab", "-c", "--", "-d", "e", NULL };
	char *lone[] = { "prog", "-", "-x", NULL };
	int argc = 6, nlone = 3;
	struct Argstate args;

	argstart(&argc, argv, &args);
	EXPECT(argnext(&args) == 'a' && argnext(&args) == 'b');
	EXPECT(argnext(&args) == 'c' && argnext(&args) == -1);
	EXPECT(argnext(&args) == -1);
	EXPECT(argc == 3 && strcmp(argv[1], "-d") == 0 && argv[3] == NULL);

	argstart(&nlone, lone, &args);
	EXPECT(argnext(&args) == -1 && nlone == 3);
}

static void
test_fstat(void)
{
	struct Stat st;
	int p[2], cons = opencons();

	EXPECT(fstat(cons, &st) == 0 && strcmp(st.st_name, "<cons>") == 0);
	EXPECT(st.st_size == 0 && !st.st_isdir && st.st_dev == &devcons);
	close(cons);

	must("pipe", pipe(p));
	EXPECT(write(p[1], "four", 4) == 4);
	EXPECT(fstat(p[0], &st) == 0 && strcmp(st.st_name, "<pipe>") == 0);
	EXPECT(st.st_size == 4 && !st.st_isdir && st.st_dev == &devpipe);
	close(p[0]);
	close(p[1]);
}

// readline takes characters of a pipe as those of a file: it erases by \b or
// DEL, leaves out control characters, and gives a last line without an end.
static void
test_lines(void)
{
	int p[2];

	must("pipe", pipe(p));
	EXPECT(p[0] == 0);		// nothing else is open
	EXPECT(write(p[1], "ab\bc\n\b\x7F\x01xy\x7F\n\nend", 16) == 16);
	close(p[1]);
	EXPECT(strcmp(readline(NULL), "ac") == 0);
	EXPECT(strcmp(readline(NULL), "x") == 0);
	EXPECT(strcmp(readline(NULL), "") == 0);
	EXPECT(strcmp(readline(NULL), "end") == 0);
	EXPECT(readline(NULL) == NULL);
	close(0);
	EXPECT(readline(NULL) == NULL);		// "read error: ..."
}

void
umain(int argc, char **argv)
{
	USED(argc);
	USED(argv);
	test_strings();
	test_strtol();
	test_division();
	test_flags();
	test_fstat();
	test_lines();
	cprintf("testlib ok\n");
}
