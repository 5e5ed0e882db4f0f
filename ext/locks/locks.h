// ext/locks/locks.h - what programs here ask a kernel with plain.patch.

#ifndef JOS_EXT_LOCKS_H
#define JOS_EXT_LOCKS_H

// Operations of sys_debug

// From now on, do short traps share the kernel lock (arg 1), or has every trap
// the kernel alone (arg 0)?  Returns how often CPUs had to wait for the kernel
// lock so far.
#define DEBUG_SHARE	100
#define DEBUG_WAITS	102		// the same for all locks together

// Take locks and give them up, in up to four steps: bytes of arg, the lowest
// first, each an action and the number of a lock in the written order.
#define DEBUG_LOCKS	101
#define LOCK_NUMBER	0x0F
#define LOCK_ACTION	0xF0
#define LOCK_TAKE	0x10
#define LOCK_GIVE	0x20
#define LOCK_SHARE	0x30		// the kernel lock
#define LOCK_MOVE	0x40		// as if another CPU had taken it

#endif // JOS_EXT_LOCKS_H
