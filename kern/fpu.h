// kern/fpu.h - floating-point registers, one set for each environment.

#ifndef JOS_KERN_FPU_H
#define JOS_KERN_FPU_H

#include <inc/env.h>
#include <inc/x86.h>

void fpu_init(void);

// Save the registers of e, which is curenv, if fpu_load has loaded them since
// the last fpu_save.
void fpu_save(struct Env *e);

// Are the registers of the last environment on this CPU in memory?  Then
// another one may run.
static inline bool
fpu_is_saved(void)
{
	return rcr0() & CR0_TS;
}

// Load the registers of e, which is curenv.
// Returns 0, or -E_NO_MEM: e uses them for the first time, and no page is free.
int fpu_load(struct Env *e);

// Copy the saved registers of a parent to its child.  Returns 0 or -E_NO_MEM.
int fpu_copy(struct Env *to, struct Env *from);

// The page with the saved registers of e; NULL if e has never used any.
const struct PageInfo *fpu_page_of(const struct Env *e);

// Free the page with the registers of e.
void fpu_free(struct Env *e);

#endif // JOS_KERN_FPU_H
