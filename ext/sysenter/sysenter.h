// ext/sysenter/sysenter.h - system calls by SYSENTER: what kernel and programs
// agree on.
//
// Registers at SYSENTER: number and arguments as for int $T_SYSCALL (eax; edx,
// ecx, ebx, edi), but esi is where the program goes on and ebp its stack
// pointer.  A fifth argument is the word that ebp points to.  Afterwards, eax is
// the result, and ecx and edx are not kept.
//
// Two bytes before the address in esi there has to be an int $T_SYSCALL: where
// the plain kernel has a call made again, the program goes on there.

#ifndef JOS_EXT_SYSENTER_H
#define JOS_EXT_SYSENTER_H

#include <inc/syscall.h>

#include <ext/calls.h>

// How a call comes in and goes out
enum SyscallPath {
	PATH_MISSING,			// it has no row in the table
	PATH_FAST,			// in by SYSENTER, out by SYSEXIT, if it
					// neither sleeps nor works in slices
	PATH_FULL,			// out by iret, as the call may change
					// all registers, or switch
	PATH_INT			// in by the interrupt, too
};

// A row for each call there is, or ext/sysenter/test fails.  The child of
// sys_exofork begins with a copy of its parent's stack, in which fast_call has no
// frame any more.
#define SYSCALL_PATHS						\
	[SYS_cputs] = PATH_FAST,					\
	[SYS_cgetc] = PATH_FAST,					\
	[SYS_getenvid] = PATH_FAST,					\
	[SYS_env_destroy] = PATH_FAST,					\
	[SYS_page_alloc] = PATH_FAST,					\
	[SYS_page_map] = PATH_FAST,					\
	[SYS_page_unmap] = PATH_FAST,					\
	[SYS_exofork] = PATH_INT,					\
	[SYS_env_set_status] = PATH_FAST,				\
	[SYS_env_set_trapframe] = PATH_FULL,				\
	[SYS_env_set_pgfault_upcall] = PATH_FAST,			\
	[SYS_yield] = PATH_FULL,					\
	[SYS_ipc_try_send] = PATH_FAST,					\
	[SYS_ipc_recv] = PATH_FULL,					\
	[SYS_cons_wait] = PATH_FAST,					\
	[SYS_env_wait] = PATH_FAST,					\
	[SYS_poweroff] = PATH_FAST,					\
	[SYS_ipc_recv_from] = PATH_FULL,				\
	[SYS_ipc_reply] = PATH_FAST,					\
	[SYS_page_held] = PATH_FAST,					\
	[SYS_debug] = PATH_FAST,					\
	[SYS_ipc_send] = PATH_FAST,					\
	[SYS_irq_wait] = PATH_FAST,					\
	[SYS_page_map_list] = PATH_FAST,				\
	[SYS_page_wait] = PATH_FAST,					\
	[SYS_page_wake] = PATH_FAST,					\
	[SYS_ipc_call] = PATH_FULL,					\
	[SYS_ipc_reply_recv] = PATH_FULL,				\
	[SYS_cons_line] = PATH_FAST,					\
	[SYS_page_copy] = PATH_FAST,					\
	[SYS_cons_foreground] = PATH_FAST,				\
	[SYS_batch] = PATH_FULL,					\
	[SYS_page_next] = PATH_FULL,					\
	[SYS_env_copy_state] = PATH_FULL,				\
	[SYS_entries] = PATH_FULL,					\
	[SYS_exception_upcall] = PATH_FULL,				\
	[SYS_exec] = PATH_FULL,						\
	[SYS_pager] = PATH_FULL,					\
	[SYS_page_alloc_run] = PATH_FULL,				\
	[SYS_pmm] = PATH_FULL,						\
	[SYS_env_set_priority] = PATH_FULL,				\
	[SYS_env_get_priority] = PATH_FULL,				\
	[SYS_exit_status] = PATH_FULL,					\
	[SYS_status_of] = PATH_FULL,					\
	[SYS_env_kill] = PATH_FULL,					\
	[SYS_env_name] = PATH_FULL,					\
	[SYS_env_set_share] = PATH_FULL,				\
	[SYS_env_get_time] = PATH_FULL,					\
	[SYS_sysenter] = PATH_FULL,					\
	[SYS_fork] = PATH_FULL

// Calls with a fifth argument
static inline bool
has_fifth_argument(uint32_t number)
{
	return number == SYS_page_map || number == SYS_ipc_call
		|| number == SYS_ipc_reply_recv;
}

#ifdef JOS_USER
#include <ext/ext.h>

// Like int $T_SYSCALL, with the same registers: by SYSENTER if the kernel and
// the processor can, else by the interrupt.  For `call fast_call' in asm.
void fast_call(void);

static inline int32_t
fast_syscall(uint32_t number, uint32_t a1, uint32_t a2, uint32_t a3,
	uint32_t a4, uint32_t a5)
{
	int32_t result;

	__asm__ volatile("call fast_call"
		: "=a" (result)
		: "a" (number), "d" (a1), "c" (a2), "b" (a3), "D" (a4), "S" (a5)
		: "cc", "memory");
	return result;
}
#endif

#endif // JOS_EXT_SYSENTER_H
