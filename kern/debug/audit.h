// kern/debug/audit.h - does what must hold in the kernel hold?
// (kern/debug/audit.c)

#ifndef JOS_KERN_DEBUG_AUDIT_H
#define JOS_KERN_DEBUG_AUDIT_H

#include <inc/types.h>

// Look at everything; print a line for each fault, and at the end how many
// there are.  If there is none, say so only if told to.  Returns how many.
int audit(bool aloud);

#endif // JOS_KERN_DEBUG_AUDIT_H
