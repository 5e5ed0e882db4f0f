// kern/longcall.h - system calls that are made in slices (kern/longcall.c).

#ifndef JOS_KERN_LONGCALL_H
#define JOS_KERN_LONGCALL_H

#include <inc/env.h>
#include <inc/types.h>

// Returns how much of curenv's system call earlier slices have done.  A slice
// that does not finish the call returns longcall_again(...).
size_t longcall_done(void);

// Make curenv repeat its system call, and record how much of the call is done.
// Returns the number of the call, which the repeated call needs in eax.
int longcall_again(size_t done);

void longcall_forget(const struct Env *e);	// e's registers are replaced

#endif // JOS_KERN_LONGCALL_H
