// kern/foreground.h - the program in the foreground, which ^C ends.

#ifndef JOS_KERN_FOREGROUND_H
#define JOS_KERN_FOREGROUND_H

#include <inc/env.h>

// e is in the foreground, and nobody else; or nobody is
void foreground_set(struct Env *e, bool on);
void foreground_inherit(const struct Env *parent, envid_t child);

// ^C was typed: call foreground_end, which may leave curenv ENV_DYING.
extern bool foreground_interrupted;
void foreground_end(void);

#endif // JOS_KERN_FOREGROUND_H
