// kern/longcall.h - system calls that are made in slices (kern/longcall.c).

#ifndef JOS_KERN_LONGCALL_H
#define JOS_KERN_LONGCALL_H

#include <inc/env.h>
#include <inc/types.h>

// How much of the system call that curenv makes was done by earlier slices?
// A slice that does not finish the call returns longcall_again(...).
size_t longcall_done(void);

// Have curenv make its call again, and note how much of the call is done.
// Returns the number of the call, which its program passes in eax.
int longcall_again(size_t done);

void longcall_forget(const struct Env *e);	// e gets other registers

#endif // JOS_KERN_LONGCALL_H
