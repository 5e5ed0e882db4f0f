// lib/panic.c - programs that cannot go on.
//
// Entry points: _panic and _warn, behind panic, warn and assert of
// inc/assert.h.

#include <inc/lib.h>
#include <inc/x86.h>

// Prints in one system call, so that no other program's output comes between.
static void
report(const char *what, const char *file, int line, const char *fmt,
	va_list ap)
{
	char message[160];

	vsnprintf(message, sizeof(message), fmt, ap);
	cprintf("[%08x] user %s in %s at %s:%d: %s\n", sys_getenvid(), what,
		binaryname, file, line, message);
}

// The breakpoint ends the program, or enters the kernel's monitor.
void
_panic(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report("panic", file, line, fmt, ap);
	va_end(ap);

	for (;;)
		breakpoint();
}

void
_warn(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report("warning", file, line, fmt, ap);
	va_end(ap);
}
