// kern/debug/contract_print.c - contracts of lab 1: formatted text, the source
// lines of addresses in the kernel, and a backtrace of many frames.
//
// Entry points: contract_print, contract_symbols, contract_frames.

#include <inc/error.h>
#include <inc/memlayout.h>
#include <inc/stdarg.h>
#include <inc/stdio.h>
#include <inc/string.h>

#include <kern/debug/contract.h>
#include <kern/kdebug.h>
#include <kern/monitor.h>

// Does vsnprintf give this text?
static void
prints(const char *expected, const char *fmt, ...)
{
	char got[80];
	va_list ap;

	va_start(ap, fmt);
	const int length = vsnprintf(got, sizeof(got), fmt, ap);
	va_end(ap);
	expect(strcmp(got, expected) == 0,
		"\"%s\" should print \"%s\", and prints \"%s\"",
		fmt, expected, got);
	expect(length == (int) strlen(got),
		"\"%s\" prints %u characters, and %d are counted",
		fmt, strlen(got), length);
}

void
contract_print(void)
{
	look_at("vprintfmt", "lab 1, exercise 8; lib/printfmt.c");
	prints("0 7 10 15254", "%o %o %o %o", 0, 7, 8, 6828);
	prints("37777777777 20000000000", "%o %o", -1, 1u << 31);
	prints("   17|00017|17   |", "%5o|%05o|%-5o|", 15, 15, 15);
	prints("37777777777 1", "%lo %o", -1l, 1);
	prints("1777777777777777777777 4000000000000000 1", "%llo %llo %o",
		-1ll, 1ll << 47, 1);
	prints("6828 is 15254, 1aac", "%d is %o, %x", 6828, 6828, 6828);

	prints("0 -1 2147483647 -2147483648", "%d %d %d %d", 0, -1,
		0x7fffffff, -0x7fffffff - 1);
	prints("-1 -9223372036854775808 3", "%ld %lld %d", -1l,
		-0x7fffffffffffffffll - 1, 3);
	prints("   -5|-0005|-5   |    5", "%5d|%05d|%-5d|%5d", -5, -5, -5, 5);
	prints("4294967295 2147483648", "%u %u", -1, 1u << 31);
	prints("4294967295 18446744073709551615", "%lu %llu", -1l, -1ll);
	prints("0 ffffffff deadbeef", "%x %x %x", 0, -1, 0xdeadbeef);
	prints("ffffffffffffffff 123456789abcdef0", "%llx %llx", -1ll,
		0x123456789abcdef0ll);
	prints("0000002a|  2a|2a  |", "%08x|%4x|%-4x|", 42, 42, 42);
	prints("0xf0100000", "%p", (void *) 0xf0100000);
	prints("a|  b|c  |", "%c|%3c|%-3c|", 'a', 'b', 'c');
	prints("text|  text|text  |te|(null)", "%s|%6s|%-6s|%.2s|%s",
		"text", "text", "text", "text", NULL);
	prints("invalid parameter, out of memory", "%e, %e", -E_INVAL,
		E_NO_MEM);
	prints("error 99", "%e", -99);
	prints("100% %z", "100%% %z");
	prints("    7|7   |", "%*d|%-*d|", 5, 7, 4, 7);
}

// ------------------------------------------------------------ where is this?

// The address of an instruction of this line
#define HERE(addr) __asm__ volatile("1: movl $1b, %0" : "=r" (addr))

static void
expect_place(uintptr_t addr, int line, const char *name, const void *start)
{
	struct Eipdebuginfo info;
	const int r = debuginfo_eip(addr, &info);

	expect(r == 0, "returns %d for %08x, which is in %s", r, addr, name);
	expect(info.eip_line == line, "%08x is from line %d, not %d", addr,
		line, info.eip_line);
	expect(strcmp(info.eip_file, "kern/debug/contract_print.c") == 0,
		"%08x is from this file, not %s", addr, info.eip_file);
	expect(info.eip_fn_namelen == (int) strlen(name)
		&& strncmp(info.eip_fn_name, name, strlen(name)) == 0,
		"%08x is in %s, not in %.*s", addr, name, info.eip_fn_namelen,
		info.eip_fn_name);
	expect(info.eip_fn_addr == (uintptr_t) start,
		"%s begins at %08x, not at %08x", name,
		(uintptr_t) start,
		info.eip_fn_addr);
}

#define EXPECT_HERE(function) do {					\
	uintptr_t addr_;						\
	HERE(addr_); expect_place(addr_, __LINE__, #function, function);	\
} while (0)

static void __attribute__((noinline))
one_place(void)
{
	EXPECT_HERE(one_place);
}

// Loops, and an inline function before it: the lines do not only go up.
static inline int
earlier(int n)
{
	__asm__ volatile("" : "+r" (n));
	return n * 3;
}

static void __attribute__((noinline))
many_places(int n)
{
	for (int i = 0; i < n; i = earlier(i) + 1) {
		EXPECT_HERE(many_places);
		if (i == 1)
			EXPECT_HERE(many_places);
	}
	EXPECT_HERE(many_places);
}

void
contract_symbols(void)
{
	struct Eipdebuginfo info;

	look_at("debuginfo_eip", "lab 1, exercise 12; kern/kdebug.h");
	one_place();
	many_places(5);

	const int r = debuginfo_eip(KERNBASE, &info);
	expect(r < 0 && info.eip_line == 0 && info.eip_fn_addr == KERNBASE,
		"knows a function at %08x, where none is", KERNBASE);
}

// ------------------------------------------------------------- many frames

static void __attribute__((noinline))
deeper(int n)
{
	if (n > 0)
		deeper(n - 1);
	else
		mon_backtrace(0, NULL, NULL);
	__asm__ volatile("");		// or the call above would be a jump
}

// The grader looks at what this prints: all frames, up to the outermost.
void
contract_frames(void)
{
	look_at("mon_backtrace", "lab 1, exercise 11; kern/monitor.c");
	deeper(20);
}
