// user/check/panic.h - for checks of library functions that must panic: a panic
// is counted, and ends the thread or child, not the machine.

#ifndef JOS_USER_CHECK_PANIC_H
#define JOS_USER_CHECK_PANIC_H

#include <user/check/check.h>

static volatile int panics;

// In the place of those of lib/panic.c
void
_panic(const char *file, int line, const char *fmt, ...)
{
	USED(file), USED(line), USED(fmt);
	panics++;
	for (;;)
		sys_env_destroy(0);
}

void
_warn(const char *file, int line, const char *fmt, ...)
{
	USED(file), USED(line), USED(fmt);
}

#endif // JOS_USER_CHECK_PANIC_H
