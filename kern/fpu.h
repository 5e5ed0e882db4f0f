// kern/fpu.h - floating-point registers, one set for each environment.

#ifndef JOS_KERN_FPU_H
#define JOS_KERN_FPU_H

#include <inc/env.h>
#include <inc/x86.h>

void fpu_init(void);

// e comes into the kernel: its registers go to memory if it used them.
void fpu_leave(struct Env *e);

// Has whoever ran here last left?  Then another environment may run.
static inline bool
fpu_is_left(void)
{
	return rcr0() & CR0_TS;
}

// e, which is current, uses its registers: load them.
// Returns 0, or -E_NO_MEM: it has none yet, and there is no page for them.
int fpu_use(struct Env *e);

// The child of a fork starts with its parent's.  Returns 0 or -E_NO_MEM.
int fpu_copy(struct Env *to, struct Env *from);

// The page that holds them, or NULL: e has not used any.
const struct PageInfo *fpu_page_of(const struct Env *e);

// e ends.
void fpu_free(struct Env *e);

#endif // JOS_KERN_FPU_H
