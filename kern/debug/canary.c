// kern/debug/canary.c - finds arrays on the stack that are written beyond their
// end.
//
// The compiler puts a copy of __stack_chk_guard between the arrays of a
// function and its return address, and compares the two before the function
// returns (CANARY_FLAGS of tools/probe; in all files of the kernel, but not in
// the boot sector, which has no room).
//
// Entry point: canary_init.

#include <inc/assert.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/debug/canary.h>
#include <kern/kclock.h>

#define RTC_HOURS	4		// from 0 on, every other one: s, min, h

// The compilers know these names.
uintptr_t __stack_chk_guard = 0x000AFF0D;	// ends strings, lines, numbers
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
// that began with the old word would find another when it returns; so this
// function has no array, and its caller must not return.
void
canary_init(void)
{
	__stack_chk_guard ^= something_new() * 2654435761u;
}

// The caller is the function whose stack is broken: the backtrace names it.
void
__stack_chk_fail(void)
{
	panic("stack smashed in the function that ends at %p",
		__builtin_return_address(0));
}
