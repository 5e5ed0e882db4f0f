// kern/syscall.h - what programs may ask of the kernel.

#ifndef JOS_KERN_SYSCALL_H
#define JOS_KERN_SYSCALL_H

#include <inc/syscall.h>
#include <inc/types.h>

// Carry out system call syscallno for curenv.  Returns the result of the call,
// or -E_INVAL if there is no such call.  Does not return if the call yields or
// ends curenv.
int32_t syscall(uint32_t syscallno, uint32_t a1, uint32_t a2, uint32_t a3,
	uint32_t a4, uint32_t a5);

#endif // JOS_KERN_SYSCALL_H
