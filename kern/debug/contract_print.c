// kern/debug/contract_print.c - contracts of lab 1: formatted text, and where an
// address of the kernel comes from.

#include <inc/assert.h>
#include <inc/stdio.h>
#include <inc/string.h>

#include <kern/debug/contract.h>
#include <kern/kdebug.h>

// Does snprintf(..., fmt, ...) give this text?
static void __attribute__((format(printf, 2, 3)))
prints(const char *expected, const char *fmt, ...)
{
	char got[80];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(got, sizeof(got), fmt, ap);
	va_end(ap);
	expect(strcmp(got, expected) == 0,
		"the format \"%s\" should give \"%s\", and gives \"%s\"",
		fmt, expected, got);
}

void
contract_print(void)
{
	look_at("vprintfmt", "lab 1, exercise 8; lib/printfmt.c");
	prints("15254", "%o", 6828);
}
