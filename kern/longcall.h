// kern/longcall.h - system calls that are made in pieces (kern/longcall.c).

#ifndef JOS_KERN_LONGCALL_H
#define JOS_KERN_LONGCALL_H

#include <inc/env.h>
#include <inc/trap.h>
#include <inc/types.h>

// How far has this call of curenv, whose registers tf holds, come before?  0 at
// first.  If it is not finished now, it says so with longcall_again.
size_t longcall_done(const struct Trapframe *tf);

// Have curenv make this call again, which has come so far.  Returns what the
// call is to return now: its own number, for that is in eax.
int longcall_again(struct Trapframe *tf, size_t done);

void longcall_forget(const struct Env *e);	// it gets other registers

#endif // JOS_KERN_LONGCALL_H
