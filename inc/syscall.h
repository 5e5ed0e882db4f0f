// inc/syscall.h - the boundary between programs and the kernel.
//
// A system call is int $T_SYSCALL with the number in %eax and up to five
// arguments in %edx, %ecx, %ebx, %edi, %esi.  The result is in %eax, negative
// for an error (inc/error.h).  All other registers are preserved, except %fs
// and %gs.  A comment at each function sys_NAME in kern/ describes the call.

#ifndef JOS_INC_SYSCALL_H
#define JOS_INC_SYSCALL_H

#include <inc/types.h>

enum {
	SYS_cputs = 0,
	SYS_cgetc,
	SYS_getenvid,
	SYS_env_destroy,
	SYS_page_alloc,
	SYS_page_map,
	SYS_page_unmap,
	SYS_exofork,
	SYS_env_set_status,
	SYS_env_set_trapframe,
	SYS_env_set_pgfault_upcall,
	SYS_yield,
	SYS_ipc_try_send,
	SYS_ipc_recv,

	// Not in labs 1 to 5 (docs/interface.md); 14 is lab 6's sys_time_msec
	SYS_cons_wait = 15,
	SYS_env_wait,
	SYS_poweroff,
	SYS_ipc_recv_from,
	SYS_ipc_reply,
	SYS_page_held,
	SYS_debug,
	SYS_ipc_send,
	SYS_irq_wait,
	SYS_page_map_list,
	SYS_page_wait,
	SYS_page_wake,
	SYS_ipc_call,
	SYS_ipc_reply_recv,
	SYS_cons_line,
	SYS_page_copy,
	SYS_cons_foreground,

	NSYSCALLS
};

// Some of the calls after SYS_ipc_recv are faster replacements of calls that
// students write in lab 4.  lib/calls.c makes them only if this bit is set in
// the page table entry of the page at UENVS.  Kernels of lab 4 do not set it,
// so that programs make the students' calls.
#define PTE_REPLACEMENTS	0x200

// For sys_page_map_list: map npages pages of the caller, from srcva on, at
// dstva and above, with permissions perm.
struct PageRun {
	void *srcva;
	void *dstva;
	int perm;
	size_t npages;			// at most MAXRUN
	int both;			// not 0: the caller's own mappings
					// get permissions perm, too
};

#define MAXRUN		512

// sys_poweroff wants this as its first argument, so that a stray call with
// random registers does not stop the machine.
#define POWEROFF_MAGIC	0x4F464621

// Operations of sys_debug, on a machine started with make DEBUG=1
enum {
	DEBUG_CHECK,			// check the kernel's data; returns the
					// number of mistakes found
	DEBUG_FAIL_ALLOC,		// let the caller's n-th page allocation
					// fail
	DEBUG_BOOT_MARK,		// when the boot reached mark n
	DEBUG_IDLE_TIME,		// how long the boot CPU was idle
	DEBUG_FAIL_ALLOC_OF		// like DEBUG_FAIL_ALLOC, for the
					// environment whose id is given
};

// Added to the number of a boot mark: DEBUG_BOOT_MARK returns bits 31 to 61 of
// the time, instead of bits 0 to 30.
#define BOOT_MARK_HIGH	0x100

#endif // JOS_INC_SYSCALL_H
