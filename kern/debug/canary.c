// kern/debug/canary.c - detects writes beyond the end of an array on the stack.
//
// With CANARY_FLAGS of tools/probe, which all of the kernel but not the boot
// sector is compiled with, a function begins by putting a copy of
// __stack_chk_guard between its arrays and its return address.  Before it
// returns, it compares the copy with __stack_chk_guard.
//
// Entry point: canary_init.

#include <inc/assert.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/debug/canary.h>
#include <kern/kclock.h>

#define RTC_HOURS	4		// registers 0, 2, 4: s, min, h

// Compilers call __stack_chk_fail, and read __stack_chk_guard: its bytes are
// characters at which copying a string stops.
uintptr_t __stack_chk_guard = 0x000AFF0D;
void __stack_chk_fail(void) __attribute__((noreturn));

static uint32_t
something_new(void)
{
	uint32_t time = 0;

	if (cpu_features() & CPUID_1_EDX_TSC)
		return read_tsc();
	for (unsigned reg = 0; reg <= RTC_HOURS; reg += 2)
		time = time << 8 | mc146818_read(reg);
	return time;
}

// The odd factor spreads the bits that differ over the high bits.  A function
// with an array that is running while the guard changes would fail its check on
// return: canary_init has no array, and i386_init never returns.
void
canary_init(void)
{
	__stack_chk_guard ^= something_new() * 2654435761u;
}

// The caller is the function whose array was overrun: the backtrace names it.
void
__stack_chk_fail(void)
{
	panic("stack smashed in the function that ends at %p",
		__builtin_return_address(0));
}
