// kern/debug/debugcall.c - the system call for tests.
//
// Entry point: sys_debug.

#include <inc/error.h>
#include <inc/syscall.h>

#include <kern/debug/audit.h>
#include <kern/debug/bootmark.h>
#include <kern/debug/debugcall.h>
#include <kern/debug/failalloc.h>
#include <kern/lab.h>
#include <kern/sched.h>

// The part of a time that fits into an int of at least 0
#define LOW_BITS(time)	((time) & 0x7FFFFFFF)

// DEBUG_CHECK		print the faults found in the kernel; returns how many
// DEBUG_FAIL_ALLOC	failalloc_set(arg)
// DEBUG_FAIL_ALLOC_OF	failalloc_target(arg); returns 0
// DEBUG_BOOT_MARK	returns the low 31 bits of boot_marks[arg]; with
//			BOOT_MARK_HIGH in arg, the 31 bits above
// DEBUG_IDLE_TIME	returns the low 31 bits of sched_idle_time
// Returns -E_INVAL for another op or mark, and on a machine that was started
// without DEBUG=.
int
sys_debug(uint32_t op, uint32_t arg)
{
	const uint32_t mark = arg & ~BOOT_MARK_HIGH;

	if (!debug_asked)
		return -E_INVAL;
	switch (op) {
	case DEBUG_CHECK:
		return audit(false);
	case DEBUG_FAIL_ALLOC:
		return failalloc_set(arg);
	case DEBUG_FAIL_ALLOC_OF:
		failalloc_target(arg);
		return 0;
	case DEBUG_BOOT_MARK:
		if (mark >= NBOOTMARKS)
			return -E_INVAL;
		return LOW_BITS(boot_marks[mark]
			>> (arg & BOOT_MARK_HIGH ? 31 : 0));
	case DEBUG_IDLE_TIME:
		return LOW_BITS(sched_idle_time);
	default:
		return -E_INVAL;
	}
}
