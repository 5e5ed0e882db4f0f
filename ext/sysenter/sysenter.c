// ext/sysenter/sysenter.c - system calls by SYSENTER and SYSEXIT.
//
// SYSENTER loads the kernel's segments, stack and entry point from registers of
// the CPU (MSRs), turns interrupts off, and saves nothing.  So the program says
// in registers where it is (sysenter.h), and entry.S builds the trap frame that
// an int $T_SYSCALL there would have left.  From then on a call is like any
// other: env_tf is complete before the lock is taken, so another CPU may stop or
// change the caller, and a call that sleeps or switches needs nothing special.
// Only a call that returns at once with a result goes back by SYSEXIT.
//
// Whatever is not simple, such as deferred work, is left to the interrupt: the
// program goes on at its int $T_SYSCALL.
//
// Entry points: entry.S calls sysenter_call; a system call asks whether programs
// may use SYSENTER.  SDM 2B, SYSENTER and SYSEXIT; SDM 3A, 5.8.7.

#include <inc/error.h>
#include <inc/mmu.h>
#include <inc/string.h>
#include <inc/trap.h>
#include <inc/x86.h>

#include <ext/calls.h>
#include <ext/sysenter/sysenter.h>

#include <kern/cpu.h>
#include <kern/env.h>
#include <kern/ext.h>
#include <kern/pmap.h>
#include <kern/sched.h>
#include <kern/spinlock.h>
#include <kern/syscall.h>
#include <kern/trap.h>
#include <kern/usermem.h>

#define MSR_SYSENTER_CS		0x174	// and the other segments are the next
#define MSR_SYSENTER_ESP	0x175
#define MSR_SYSENTER_EIP	0x176
#define CPUID_1_EDX_SEP		(1 << 11)

_Static_assert(GD_KD == GD_KT + 8 && GD_UT == GD_KT + 16
	&& GD_UD == GD_KT + 24, "SYSENTER and SYSEXIT count on it");

// entry.S
void sysenter_entry(void);
void sysenter_debug(void);
int32_t sysenter_call(struct Trapframe *tf);

uintptr_t sysenter_plain_debug;		// where the gate of T_DEBUG led

// ------------------------------------------------------------------- set-up

static void
write_msr(uint32_t msr, uint32_t value)
{
	__asm__ volatile("wrmsr" : : "c" (msr), "a" (value), "d" (0));
}

// A Pentium Pro says that it has SYSENTER, and has not (SDM 2B).
static bool
has_sysenter(void)
{
	uint32_t version = 0;

	if (!(cpu_features() & CPUID_1_EDX_SEP))
		return false;
	cpuid(1, &version, NULL, NULL, NULL);

	const uint32_t family = version >> 8 & 0xF;
	const uint32_t model = version >> 4 & 0xF, stepping = version & 0xF;

	return !(family == 6 && model < 3 && stepping < 3);
}

static void
sysenter_cpu(void)
{
	if (!has_sysenter())
		return;
	write_msr(MSR_SYSENTER_CS, GD_KT);
	write_msr(MSR_SYSENTER_ESP, thiscpu->cpu_ts.ts_esp0);
	write_msr(MSR_SYSENTER_EIP, (uintptr_t) sysenter_entry);
}

static void
sysenter_ready(void)
{
	struct Gatedesc *gate = &idt[T_DEBUG];
	const uintptr_t stub = (uintptr_t) sysenter_debug;

	sysenter_plain_debug = gate->gd_off_31_16 << 16 | gate->gd_off_15_0;
	gate->gd_off_15_0 = stub & 0xFFFF;
	gate->gd_off_31_16 = stub >> 16;
}

// -------------------------------------------------------------------- a call

static enum SyscallPath
path_of(uint32_t number)
{
	static const uint8_t paths[] = { SYSCALL_PATHS };

	return number < ARRAY_SIZE(paths) ? paths[number] : PATH_MISSING;
}

// The fifth argument, from the program's stack.  Ends the program if it may not
// read there.
static uint32_t
fifth_argument(struct Env *e)
{
	uint32_t word;

	user_mem_assert_few(e, (void *) e->env_tf.tf_esp, sizeof(word), 0);
	memcpy(&word, (void *) e->env_tf.tf_esp, sizeof(word));
	return word;
}

// While e waited for the lock, another CPU destroyed or stopped it, or gave it
// other registers (env_set_tf), with which it is not to make this call.
static void __attribute__((noreturn))
give_up(struct Env *e)
{
	if (e->env_status == ENV_DYING) {
		env_free(e);
		curenv = NULL;
	} else if (e->env_tf.tf_trapno == T_SYSCALL)
		e->env_tf.tf_eip -= SYSCALL_SIZE;
	else if (e->env_status == ENV_RUNNING)
		env_run(e);
	sched_yield();
}

// The frame is on this CPU's stack; its interrupt flag is off, for entry.S to
// load.  Returns the result, if the program is to go on by SYSEXIT.
int32_t
sysenter_call(struct Trapframe *tf)
{
	struct Env *e = curenv;
	struct PushRegs *r = &e->env_tf.tf_regs;

	e->env_tf = *tf;
	e->env_tf.tf_eflags |= FL_IF;
	lock_kernel();

	const bool replaced = e->env_tf.tf_trapno != T_SYSCALL;

	if (!replaced && e->env_status != ENV_DYING
	    && has_fifth_argument(r->reg_eax))
		r->reg_esi = fifth_argument(e);
	if (replaced || e->env_status != ENV_RUNNING)
		give_up(e);

	const enum SyscallPath path = path_of(r->reg_eax);

	if (deferred_work || path == PATH_INT) {	// the interrupt sees to it
		e->env_tf.tf_eip -= SYSCALL_SIZE;
		env_run(e);
	}
	last_tf = &e->env_tf;
	r->reg_eax = syscall(r->reg_eax, r->reg_edx, r->reg_ecx, r->reg_ebx,
		r->reg_edi, r->reg_esi);
	if (e->env_status != ENV_RUNNING)
		sched_next();
	if (path != PATH_FAST || e->env_tf.tf_eip != tf->tf_eip
	    || (tf->tf_eflags & FL_TF))
		env_run(e);
	unlock_kernel();
	return r->reg_eax;
}

// Is SYSENTER there?
static bool
sysenter_syscall(uint32_t number, uint32_t a1, uint32_t a2, uint32_t a3,
	uint32_t a4, uint32_t a5, int32_t *result)
{
	(void) a1, (void) a2, (void) a3, (void) a4, (void) a5;

	if (number != SYS_sysenter)
		return false;
	*result = has_sysenter();
	return true;
}

EXTENSION(sysenter, .cpu = sysenter_cpu, .ready = sysenter_ready,
	.syscall = sysenter_syscall);
