// ext/ext.h - for programs: how to make a system call of an extension.

#ifndef JOS_EXT_EXT_H
#define JOS_EXT_EXT_H

#include <inc/lib.h>

#include <ext/calls.h>

// Make system call `number` of ext/calls.h.  Returns its result; -E_INVAL if the
// extension is not switched on.
static inline int32_t
ext_call(uint32_t number, uint32_t a1, uint32_t a2, uint32_t a3, uint32_t a4,
	uint32_t a5)
{
	int32_t result;

	__asm__ volatile("int %1"
		: "=a" (result)
		: "i" (T_SYSCALL), "a" (number), "d" (a1), "c" (a2), "b" (a3),
		  "D" (a4), "S" (a5)
		: "cc", "memory");
	return result;
}

#endif // JOS_EXT_EXT_H
