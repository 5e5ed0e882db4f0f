// user/check/check.h - what the programs of the graders' extra checks share.
//
// A check looks at one contract after the other, and goes on when one is broken.
// It prints
//	looking at: FUNCTION (PLACE)	what it looks at now
//	wrong: FUNCTION: SENTENCE (PLACE)	what is broken
//	checked: N			at its end: how much it looked at
// PLACE says where the contract stands: the lab, its exercise, and the file.

#ifndef JOS_USER_CHECK_CHECK_H
#define JOS_USER_CHECK_CHECK_H

#include <inc/lib.h>

static struct {
	const char *function, *place;
	int looked_at;
} check;

// From here on, look at that function.
static inline void
look_at(const char *function, const char *place)
{
	check.function = function;
	check.place = place;
	cprintf("looking at: %s (%s)\n", function, place);
}

// A broken contract; fmt says what was expected, and what came.
static inline void __attribute__((format(printf, 1, 2)))
wrong(const char *fmt, ...)
{
	char text[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	cprintf("wrong: %s: %s (%s)\n", check.function, text, check.place);
}

// Say what is wrong unless ok.
#define expect(ok, ...) do {		\
	check.looked_at++;		\
	if (!(ok))			\
		wrong(__VA_ARGS__);	\
} while (0)

// The name of a result that may be an error
static inline const char *
result_name(int r)
{
	static const char *const names[] = {
		"0", "-E_UNSPECIFIED", "-E_BAD_ENV", "-E_INVAL", "-E_NO_MEM",
		"-E_NO_FREE_ENV", "-E_FAULT", "-E_IPC_NOT_RECV", "-E_EOF",
		"-E_NO_DISK", "-E_MAX_OPEN", "-E_NOT_FOUND", "-E_BAD_PATH",
		"-E_FILE_EXISTS", "-E_NOT_EXEC", "-E_NOT_SUPP",
	};

	if (r > 0)
		return "a positive number";
	return r > -MAXERROR ? names[-r] : "an unknown error";
}

// What the function did, "mapped a read-only page with PTE_W", must return that.
static inline void
expect_result(const char *what, int got, int expected)
{
	expect(got == expected, "%s: expected %s, got %s", what,
		result_name(expected), result_name(got));
}

// A system call, not through lib/syscall.c, which panics at a positive result
static inline int
call(int num, uint32_t a1, uint32_t a2, uint32_t a3, uint32_t a4, uint32_t a5)
{
	int result;

	__asm__ volatile("int %1"
		: "=a" (result)
		: "i" (T_SYSCALL), "a" (num), "d" (a1), "c" (a2), "b" (a3),
		  "D" (a4), "S" (a5)
		: "cc", "memory");
	return result;
}

// The last thing that a check does
static inline void
look_no_more(void)
{
	cprintf("checked: %d\n", check.looked_at);
}

#endif // JOS_USER_CHECK_CHECK_H
