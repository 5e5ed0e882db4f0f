// ext/sysfork/sysfork.h - fork in one system call.

#ifndef JOS_EXT_SYSFORK_H
#define JOS_EXT_SYSFORK_H

#include <ext/ext.h>

// Like fork.  Returns 0 in the child, in the parent the child's id or an error.
envid_t sys_fork(void);

#endif // JOS_EXT_SYSFORK_H
