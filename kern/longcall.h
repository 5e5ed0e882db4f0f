// kern/longcall.h - system calls that are made in pieces (kern/longcall.c).

#ifndef JOS_KERN_LONGCALL_H
#define JOS_KERN_LONGCALL_H

#include <inc/env.h>
#include <inc/types.h>

// How much of the system call that curenv makes was done before?  0 at first.
// A call that is not finished this time ends with longcall_again.
size_t longcall_done(void);

// Have curenv make its call again, of which so much is done.  Returns what the
// call is to return now: its own number, for that is in eax.
int longcall_again(size_t done);

void longcall_forget(const struct Env *e);	// it gets other registers

#endif // JOS_KERN_LONGCALL_H
