// ext/batch/batch.h - many system calls at once, for the kernel and for programs.

#ifndef JOS_EXT_BATCH_H
#define JOS_EXT_BATCH_H

#include <inc/types.h>

struct BatchedCall {
	uint32_t number;		// SYS_
	uint32_t arg[5];
	int32_t result;			// written by the kernel
};

#define BATCH_MAX	64		// calls in a batch

// Flag: go on after a call that failed, instead of stopping there
#define BATCH_GO_ON	1

#ifdef JOS_USER
#include <ext/ext.h>

// Make the n calls of a list, in order, up to the first that fails, which has a
// negative result; with BATCH_GO_ON, all.  Calls that the kernel refuses in a
// batch fail with -E_NOT_SUPP (ext/batch/README.md lists the others).
// Returns how many were made, the last of which may have failed; -E_INVAL: the
// list is too long or not aligned, or an unknown flag.
static inline int
sys_batch(struct BatchedCall *list, size_t n, uint32_t flags)
{
	// If these pages are copy-on-write, have them copied: the kernel writes
	// to no page that the program may not write to.
	for (size_t i = 0; i < n; i++)
		((volatile struct BatchedCall *) list)[i].result = 0;
	return ext_call(SYS_batch, (uintptr_t) list, n, flags, 0, 0);
}

envid_t batch_fork(void);	// fork, whose calls are made in batches
#endif

#endif // JOS_EXT_BATCH_H
