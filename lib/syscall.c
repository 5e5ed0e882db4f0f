// lib/syscall.c - one function for each system call, in the order of
// inc/syscall.h, which says where the calls are described.

#include <inc/lib.h>
#include <inc/x86.h>

// A call has a number, in eax, and up to five arguments, in edx, ecx, ebx, edi
// and esi; its result comes in eax.  call0, call2, call3 and call5 make calls
// with so many arguments, and load no register that the call does not read.

#define CALL(registers...) ({						\
	int32_t result = num;						\
	__asm__ volatile("int %[vector]"				\
		: "+a" (result)						\
		: [vector] "i" (T_SYSCALL) registers			\
		: "memory", "cc");					\
	result;								\
})

static inline int32_t
call0(int num)
{
	return CALL();
}

static inline int32_t
call2(int num, uint32_t a1, uint32_t a2)
{
	return CALL(, "d" (a1), "c" (a2));
}

static inline int32_t
call3(int num, uint32_t a1, uint32_t a2, uint32_t a3)
{
	return CALL(, "d" (a1), "c" (a2), "b" (a3));
}

static inline int32_t
call5(int num, uint32_t a1, uint32_t a2, uint32_t a3, uint32_t a4, uint32_t a5)
{
	return CALL(, "d" (a1), "c" (a2), "b" (a3), "D" (a4), "S" (a5));
}

// status0 to status5 make calls that return 0 or an error, nothing positive.

static inline int
status(int num, int result)
{
	if (result > 0)
		panic("syscall %d returned %d (> 0)", num, result);
	return result;
}

static inline int
status0(int num)
{
	return status(num, call0(num));
}

static inline int
status2(int num, uint32_t a1, uint32_t a2)
{
	return status(num, call2(num, a1, a2));
}

static inline int
status3(int num, uint32_t a1, uint32_t a2, uint32_t a3)
{
	return status(num, call3(num, a1, a2, a3));
}

static inline int
status5(int num, uint32_t a1, uint32_t a2, uint32_t a3, uint32_t a4,
	uint32_t a5)
{
	return status(num, call5(num, a1, a2, a3, a4, a5));
}

void
sys_cputs(const char *s, size_t len)
{
	call2(SYS_cputs, (uintptr_t) s, len);
}

int
sys_cgetc(void)
{
	return call0(SYS_cgetc);
}

envid_t
sys_getenvid(void)
{
	return call0(SYS_getenvid);
}

int
sys_env_destroy(envid_t env)
{
	return status2(SYS_env_destroy, env, 0);
}

int
sys_page_alloc(envid_t env, void *va, int perm)
{
	return status3(SYS_page_alloc, env, (uintptr_t) va, perm);
}

int
sys_page_map(envid_t src, void *srcva, envid_t dst, void *dstva, int perm)
{
	return status5(SYS_page_map, src, (uintptr_t) srcva,
		dst, (uintptr_t) dstva, perm);
}

int
sys_page_unmap(envid_t env, void *va)
{
	return status2(SYS_page_unmap, env, (uintptr_t) va);
}

// sys_exofork is in inc/lib.h, which says why.

int
sys_env_set_status(envid_t env, int status)
{
	return status2(SYS_env_set_status, env, status);
}

int
sys_env_set_trapframe(envid_t env, struct Trapframe *tf)
{
	return status2(SYS_env_set_trapframe, env, (uintptr_t) tf);
}

int
sys_env_set_pgfault_upcall(envid_t env, void *upcall)
{
	return status2(SYS_env_set_pgfault_upcall, env, (uintptr_t) upcall);
}

// A program that yields often waits for another CPU.  pause helps that CPU: an
// emulator may run the CPUs in turn, and two CPUs may be hyperthreads of one
// processor.
void
sys_yield(void)
{
	pause();
	call0(SYS_yield);
}

int
sys_ipc_try_send(envid_t to, uint32_t value, void *va, int perm)
{
	return call5(SYS_ipc_try_send, to, value, (uintptr_t) va, perm, 0);
}

int
sys_ipc_recv(void *dstva)
{
	return status2(SYS_ipc_recv, (uintptr_t) dstva, 0);
}

int
sys_cons_wait(void)
{
	return status0(SYS_cons_wait);
}

int
sys_cons_line(void)
{
	return call0(SYS_cons_line);
}

int
sys_cons_foreground(int on)
{
	return status2(SYS_cons_foreground, on, 0);
}

int
sys_env_wait(envid_t env)
{
	return status2(SYS_env_wait, env, 0);
}

int
sys_poweroff(int status)
{
	return status2(SYS_poweroff, POWEROFF_MAGIC, status);
}

int
sys_ipc_recv_from(void *dstva, envid_t from)
{
	return status2(SYS_ipc_recv_from, (uintptr_t) dstva, from);
}

int
sys_ipc_reply(envid_t to, uint32_t value, void *va, int perm)
{
	return status5(SYS_ipc_reply, to, value, (uintptr_t) va, perm, 0);
}

// Returns the page's number, which may be positive.
int
sys_page_held(envid_t env, void *va, void *guess)
{
	return call3(SYS_page_held, env, (uintptr_t) va, (uintptr_t) guess);
}

// Returns what the operation found, which may be positive.
int
sys_debug(int op, uint32_t arg)
{
	return call2(SYS_debug, op, arg);
}

int
sys_ipc_send(envid_t to, uint32_t value, void *va, int perm)
{
	return status5(SYS_ipc_send, to, value, (uintptr_t) va, perm,
		0);
}

// Returns whether there was an interrupt: 1 or 0.
int
sys_irq_wait(int irq, int stop_port)
{
	return call2(SYS_irq_wait, irq, stop_port);
}

// Returns how many runs were mapped.
int
sys_page_map_list(envid_t dst, const struct PageRun *list, size_t n)
{
	return call3(SYS_page_map_list, dst, (uintptr_t) list, n);
}

int
sys_page_wait(const volatile uint32_t *word, uint32_t value, uint32_t mappings)
{
	return status3(SYS_page_wait, (uintptr_t) word, value, mappings);
}

int
sys_page_wake(void *va)
{
	return status2(SYS_page_wake, (uintptr_t) va, 0);
}

int
sys_page_copy(void *srcva, envid_t dst, void *dstva, int perm)
{
	return status5(SYS_page_copy, (uintptr_t) srcva, dst,
		(uintptr_t) dstva, perm, 0);
}

int
sys_ipc_call(envid_t to, uint32_t value, void *va, void *dstva, int perm)
{
	return status5(SYS_ipc_call, to, value, (uintptr_t) va,
		(uintptr_t) dstva, perm);
}

int
sys_ipc_reply_recv(envid_t to, uint32_t value, void *va, void *dstva, int perm)
{
	return status5(SYS_ipc_reply_recv, to, value, (uintptr_t) va,
		(uintptr_t) dstva, perm);
}
