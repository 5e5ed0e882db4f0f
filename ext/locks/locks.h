// ext/locks/locks.h - what benchlocks asks a kernel with plain.patch.

#ifndef JOS_EXT_LOCKS_H
#define JOS_EXT_LOCKS_H

// An operation of sys_debug: from now on, do short traps share the kernel lock
// (arg 1), or has every trap the kernel alone (arg 0)?  Returns how often CPUs
// had to wait for the kernel lock so far.
#define DEBUG_SHARE	100

#endif // JOS_EXT_LOCKS_H
