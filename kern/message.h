// kern/message.h - system calls that send and receive (kern/message.c).
//
// sys_ipc_try_send and sys_ipc_recv, which the labs ask for, are in
// kern/syscall.c.

#ifndef JOS_KERN_MESSAGE_H
#define JOS_KERN_MESSAGE_H

#include <inc/env.h>
#include <inc/types.h>

#include <kern/usermem.h>

// Can a page that comes with a message be mapped there, or is none wanted?
static inline bool
landing_ok(const void *dstva)
{
	return (uintptr_t) dstva >= UTOP || user_page(dstva);
}

// curenv wants a message, of anybody: have it take one that waits for it.
// Returns whether there was one.
bool message_take(void *dstva);

int sys_ipc_recv_from(void *dstva, envid_t from);
int sys_ipc_reply(envid_t envid, uint32_t value, void *srcva, int perm);
int sys_ipc_send(envid_t envid, uint32_t value, void *srcva, int perm);
int sys_ipc_call(envid_t envid, uint32_t value, void *srcva, void *dstva,
	int perm);
int sys_ipc_reply_recv(envid_t envid, uint32_t value, void *srcva,
	void *dstva, int perm);

#endif // JOS_KERN_MESSAGE_H
