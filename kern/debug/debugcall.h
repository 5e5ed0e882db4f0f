// kern/debug/debugcall.h - the system call for tests (kern/debug/debugcall.c).

#ifndef JOS_KERN_DEBUG_DEBUGCALL_H
#define JOS_KERN_DEBUG_DEBUGCALL_H

#include <inc/types.h>

int sys_debug(uint32_t op, uint32_t arg);

#endif // JOS_KERN_DEBUG_DEBUGCALL_H
