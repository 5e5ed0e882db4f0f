// kern/debug/audit.h - checks the kernel's invariants (kern/debug/audit.c).

#ifndef JOS_KERN_DEBUG_AUDIT_H
#define JOS_KERN_DEBUG_AUDIT_H

#include <inc/types.h>

// Check all invariants: print a line for each fault, and how many there are; if
// there is none, print that only if verbose.  Returns the number of faults.
int audit(bool verbose);

#endif // JOS_KERN_DEBUG_AUDIT_H
