// user/check/panic.h - for checks of library functions that must or may panic:
// a panic is counted.  It ends the thread or child, not the machine, and leaves
// PANIC_MARK as its upcall, which anybody can read in envs[]; in fork_or_panic,
// it does not even end it.

#ifndef JOS_USER_CHECK_PANIC_H
#define JOS_USER_CHECK_PANIC_H

#include <user/check/check.h>

#define PANIC_MARK	((void *) 0xC0DEDEAD)

static volatile int panics;
static volatile bool panic_returns;
static void *panic_resume[5];		// for __builtin_setjmp

// In the place of those of lib/panic.c
void
_panic(const char *file, int line, const char *fmt, ...)
{
	USED(file), USED(line), USED(fmt);
	panics++;
	if (panic_returns) {
		panic_returns = false;
		__builtin_longjmp(panic_resume, 1);
	}
	sys_env_set_pgfault_upcall(0, PANIC_MARK);
	for (;;)
		sys_env_destroy(0);
}

void
_warn(const char *file, int line, const char *fmt, ...)
{
	USED(file), USED(line), USED(fmt);
}

#define PANICKED	(-MAXERROR)

// fork, which may also panic on an error: then returns PANICKED.  Where memory
// is short, this program cannot write to a variable at once after it: it calls
// panic_as_usual later.
static envid_t __attribute__((noinline, unused))
fork_or_panic(void)
{
	panic_returns = true;
	return __builtin_setjmp(panic_resume) == 0 ? fork() : PANICKED;
}

static inline void
panic_as_usual(void)
{
	panic_returns = false;
}

#endif // JOS_USER_CHECK_PANIC_H
