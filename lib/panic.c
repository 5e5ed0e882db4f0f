// lib/panic.c - programs that cannot go on.
//
// Entry points: _panic and _warn, behind panic, warn and assert of
// inc/assert.h.

#include <inc/lib.h>
#include <inc/x86.h>

static void
report(const char *what, const char *file, int line, const char *fmt,
	va_list ap)
{
	cprintf("[%08x] user %s in %s at %s:%d: ", sys_getenvid(), what,
		binaryname, file, line);
	vcprintf(fmt, ap);
	cprintf("\n");
}

// The breakpoint takes us into the kernel's monitor.
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
