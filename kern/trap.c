// kern/trap.c - exceptions, interrupts and system calls, once the stubs of
// kern/trapentry.S have saved the registers.
//
// A trap from user mode saves the program's registers in env_tf, takes the
// kernel lock, is handled, and ends by running an environment, curenv or
// another.  An interrupt of an idle CPU does so, too, but there is no curenv.
//
// A trap in the kernel returns to where it came from.  Three kinds are
// expected: interrupts while the monitor waits for a key or a CPU waits for the
// lock or for another CPU; NMIs; and breakpoints.  Double faults go to
// kern/dblfault.c.
//
// Entry points: trap_init, trap_init_percpu; trap; page_fault_handler.

#include <inc/assert.h>
#include <inc/error.h>
#include <inc/string.h>
#include <inc/syscall.h>
#include <inc/x86.h>

#include <kern/console.h>
#include <kern/cpu.h>
#include <kern/debug/guard.h>
#include <kern/debug/widen.h>
#include <kern/env.h>
#include <kern/ext.h>
#include <kern/firstenv.h>
#include <kern/fpu.h>
#include <kern/irqwait.h>
#include <kern/lab.h>
#include <kern/monitor.h>
#include <kern/pmap.h>
#include <kern/reap.h>
#include <kern/sched.h>
#include <kern/sleep.h>
#include <kern/spinlock.h>
#include <kern/spurious.h>
#include <kern/syscall.h>
#include <kern/trap.h>
#include <kern/tty.h>
#include <kern/usermem.h>

struct Gatedesc idt[256];
struct Pseudodesc idt_pd = {
	.pd_lim = sizeof(idt) - 1,
	.pd_base = (uintptr_t) idt,
};

struct Trapframe *last_tf;
void (*trap_hook)(struct Trapframe *tf);

// ---------------------------------------------------------------- start-up

// Made by kern/trapentry.S
struct Vector {
	uint32_t num;
	void (*stub)(void);
};
extern const struct Vector trap_vectors[], trap_vectors_end[];

// May a program raise trap num by an instruction: int3, into, int $T_SYSCALL?
static bool
for_programs(uint32_t num)
{
	return num == T_BRKPT || num == T_OFLOW || num == T_SYSCALL;
}

// All are interrupt gates, so that in the kernel interrupts are off.
void
trap_init(void)
{
	for (const struct Vector *v = trap_vectors; v < trap_vectors_end; v++)
		SETGATE(idt[v->num], 0, GD_KT, v->stub,
			for_programs(v->num) ? 3 : 0);
	trap_init_percpu();
}

// Tell this CPU where its kernel stack is and where the gates are.
void
trap_init_percpu(void)
{
	int me = cpunum();
	struct Taskstate *ts = &cpus[me].cpu_ts;
	struct Segdesc *desc = &gdt[(GD_TSS0 >> 3) + me];

	ts->ts_esp0 = KSTACKTOP - me * (KSTKSIZE + KSTKGAP);
	ts->ts_ss0 = GD_KD;
	ts->ts_iomb = sizeof(*ts);	// no I/O permission map

	*desc = SEG16(STS_T32A, (uint32_t) ts, sizeof(*ts) - 1, 0);
	desc->sd_s = 0;			// a system segment
	ltr(GD_TSS0 + (me << 3));
	lidt(&idt_pd);
}

// ---------------------------------------------------------- ends of programs

// Print where curenv is, and end it, unless an extension knows better.
static void
end_program(struct Trapframe *tf)
{
	if (ext_trap(tf))
		return;
	print_trapframe(tf);
	user_memory_open();		// the backtrace looks there
	mon_backtrace(0, NULL, tf);
	env_destroy(curenv);
}

// ------------------------------------------------------------- page faults

// Does code with this stack pointer run on the exception stack?  The page below
// the exception stack counts: code gets there only by using up that stack.
static inline bool
on_exception_stack(uintptr_t esp)
{
	return esp > USTACKTOP && esp < UXSTACKTOP;
}

// A program with a page-fault upcall goes on there, with a UTrapframe on its
// exception stack.  If the upcall itself faulted, the new frame goes below the
// old one, with a free word between them, which lib/pfentry.S needs to return.
// Ends a program that may not write where the frame goes (user_mem_assert), or
// that has used up its exception stack, which is one page.
void
page_fault_handler(struct Trapframe *tf)
{
	const uint32_t fault_va = rcr2();
	struct Env *e = curenv;

	if (!from_user(tf)) {
		print_trapframe(tf);
		guard_page_fault(fault_va);
		panic("page fault in the kernel at va %08x", fault_va);
	}
	if (e->env_pgfault_upcall == NULL) {
		cprintf("[%08x] user fault va %08x ip %08x\n",
			e->env_id, fault_va, tf->tf_eip);
		end_program(tf);
		return;
	}

	uintptr_t top = on_exception_stack(tf->tf_esp)
		? ROUNDDOWN(tf->tf_esp, sizeof(uint32_t)) - sizeof(uint32_t)
		: UXSTACKTOP;
	struct UTrapframe *utf = (struct UTrapframe *) top - 1;

	// This ends an environment without an exception stack.  It also ends
	// one whose upcall cannot be run: each try faults again, one frame
	// lower, until the stack is used up.
	user_mem_assert_few(e, utf, sizeof(*utf), PTE_W);

	// The program may have mapped a page below its exception stack.
	if ((uintptr_t) utf < UXSTACKTOP - PGSIZE) {
		cprintf("[%08x] exception stack overflow at va %08x\n",
			e->env_id, utf);
		env_destroy(e);
	}

	utf->utf_esp = tf->tf_esp;
	utf->utf_eflags = tf->tf_eflags;
	utf->utf_eip = tf->tf_eip;
	utf->utf_regs = tf->tf_regs;
	utf->utf_err = tf->tf_err;
	utf->utf_fault_va = fault_va;
	tf->tf_eip = (uintptr_t) e->env_pgfault_upcall;
	tf->tf_esp = (uintptr_t) utf;
}

// ---------------------------------------------------------------- dispatch

// A program executed int3: mostly it panics.
static void
handle_breakpoint(struct Trapframe *tf)
{
	if (debugging || !from_user(tf))
		monitor(tf);
	else
		end_program(tf);
}

// A trap that has no handler ends the program; in the kernel it is a bug.
static void
handle_unexpected(struct Trapframe *tf)
{
	if (from_user(tf)) {
		end_program(tf);
		return;
	}
	print_trapframe(tf);
	panic("unhandled trap in kernel");
}

ALWAYS_INLINE void
trap_dispatch(struct Trapframe *tf)
{
	struct PushRegs *r = &tf->tf_regs;

	switch (tf->tf_trapno) {
	case T_PGFLT:
		page_fault_handler(tf);
		return;
	case T_BRKPT:
		handle_breakpoint(tf);
		return;
	case T_SYSCALL:
		r->reg_eax = syscall(r->reg_eax, r->reg_edx, r->reg_ecx,
			r->reg_ebx, r->reg_edi, r->reg_esi);
		return;
	case IRQ_OFFSET + IRQ_TIMER:
		lapic_eoi();
		sched_yield();		// the turn of curenv is over
	case IRQ_OFFSET + IRQ_KBD:
		kbd_intr();
		return;
	case IRQ_OFFSET + IRQ_SERIAL:
		serial_intr();
		return;
	default:
		handle_unexpected(tf);
	}
}

// Handle the traps that trap_dispatch, which is written in the labs, does not
// know.  Returns false if trap_dispatch is to handle tf.
static bool
handle_other(struct Trapframe *tf)
{
	switch (tf->tf_trapno) {
	case IRQ_OFFSET + IRQ_WAKE:	// the CPU was to enter the kernel
		return true;
	case IRQ_OFFSET + IRQ_TIMER:
		watchdog_tick();
		if (thiscpu == bootcpu) {
			sched_tick();
			firstenv_tick();
		}
		return false;
	case T_DEVICE:			// the first floating-point instruction
		while (from_user(tf) && fpu_load(curenv) < 0 && reap_pending())
			reap_some();	// for a page to keep them in
		return !(rcr0() & CR0_TS);
	default:
		if (!irqwait_take(tf->tf_trapno))
			return spurious_take(tf->tf_trapno);
		// The file server runs at once: it has little to do before it
		// waits for the disk again.
		struct Env *server = irqwait_wake_server();
		if (server)
			sched_handoff(server);
		return true;
	}
}

// System call `call` is done.  If it failed for want of memory or of a free
// slot while ended environments have some to give back, free a piece of that,
// and have the program make the call again.
static void
retry_for_memory(struct Trapframe *tf, uint32_t call)
{
	const int32_t result = tf->tf_regs.reg_eax;

	if (result != -E_NO_MEM && result != -E_NO_FREE_ENV)
		return;
	reap_some();
	tf->tf_regs.reg_eax = call;
	tf->tf_eip -= SYSCALL_SIZE;
}

// ------------------------------------------------------- traps in the kernel

// A CPU in the kernel has interrupts on only while it waits, perhaps without
// the lock: so most of an interrupt's work is deferred to the next trap.
static void
trap_in_kernel(struct Trapframe *tf)
{
	if (trap_hook)
		trap_hook(tf);

	const bool from_disk = irqwait_take(tf->tf_trapno);
	const bool spurious = !from_disk && spurious_take(tf->tf_trapno);

	// An NMI may come in the middle of anything: do nothing more.
	if (tf->tf_trapno == T_NMI)
		return;
	ipi_poll();
	if (from_disk)
		ipi_request(cpunum(), IPI_DEVICES);
	if (from_disk || spurious)
		return;

	switch (tf->tf_trapno) {
	case IRQ_OFFSET + IRQ_KBD:
	case IRQ_OFFSET + IRQ_SERIAL:
		ipi_request(cpunum(), IPI_DEVICES);
		return;
	case IRQ_OFFSET + IRQ_WAKE:
		return;
	case IRQ_OFFSET + IRQ_TIMER:
		lapic_eoi();
		watchdog_tick();
		if (!(ipi_requests[cpunum()] & IPI_TICK))
			deferred_ticks[cpunum()].kept++;
		ipi_request(cpunum(), IPI_TICK);
		return;
	default:
		last_tf = tf;
		trap_dispatch(tf);
	}
}

// Go back to where a trap in the kernel came from.
static void __attribute__((noreturn))
return_to_kernel(const struct Trapframe *tf)
{
	__asm__ volatile(
		"movl %0, %%esp\n\t"
		"popal\n\t"
		"popl %%es\n\t"
		"popl %%ds\n\t"
		"addl $8, %%esp\n\t"	// tf_trapno, tf_err
		"iret"
		: : "r" (tf) : "memory");
	__builtin_unreachable();
}

// Programs must not use virtual-8086 mode.  A processor refuses their iret to
// it, but QEMU allows it, with any flags.  A trap from that mode pushes four
// segment registers above the frame: move the frame over them, to where
// cpu_program_frame looks, and give the program its segments and flags back.
// Unless the trap is an interrupt or the NMI of watchdog_tick, the program gets
// the fault that a processor would have raised at its iret.
static struct Trapframe *
leave_vm86(const struct Trapframe *pushed)
{
	struct Trapframe *tf = cpu_program_frame();

	memmove(tf, pushed, sizeof(*tf));
	tf->tf_cs = GD_UT | 3;
	tf->tf_ds = tf->tf_es = tf->tf_ss = GD_UD | 3;
	tf->tf_eflags &= ~(FL_VM | FL_IOPL_MASK | FL_NT | FL_VIF | FL_VIP);
	tf->tf_eflags |= FL_IF;
	if (tf->tf_trapno < IRQ_OFFSET || tf->tf_trapno == T_SYSCALL) {
		tf->tf_trapno = T_GPFLT;
		tf->tf_err = 0;
	}
	return tf;
}

// ------------------------------------------------------------- deferred work

// Do the requests to this CPU, and the work that is left to any CPU: memory to
// be freed, hot keys.  IPI_TICK has to wait until the trap is handled
// (sched_turn_is_over).
static void
do_deferred_work(void)
{
	ipi_poll();
	if (ipi_take(IPI_FPU))
		fpu_save(curenv);
	if (ipi_take(IPI_DEVICES)) {
		spurious_report();
		irqwait_wake_server();
		serial_intr();
		kbd_intr();
	}
	if (reap_pending())
		reap_some();
	if (thiscpu == bootcpu)		// whose monitor gets the keys
		tty_hotkeys();
}

static bool
is_interrupt(const struct Trapframe *tf)
{
	return tf->tf_trapno == T_NMI || (tf->tf_trapno >= IRQ_OFFSET
		&& tf->tf_trapno != T_SYSCALL);
}

// Another CPU stopped the program that caused trap tf, so tf is not to be
// handled now.  Returns whether it comes again when the program runs again: a
// fault does by itself, for eip is still at its instruction, and a system call
// does because this function moves eip back to the int.  Interrupts and other
// traps do not.
static bool
retry_later(struct Trapframe *tf)
{
	if (tf->tf_trapno == T_SYSCALL)
		tf->tf_eip -= SYSCALL_SIZE;
	return !is_interrupt(tf) && tf->tf_trapno != T_MCHK
		&& tf->tf_trapno != T_DEBUG && tf->tf_trapno != T_BRKPT
		&& tf->tf_trapno != T_OFLOW;
}

// ------------------------------------------------------- the way in and out

// Handle trap tf.  trap_dispatch is in line twice, so that the compiler tells
// system calls from other traps once.
ALWAYS_INLINE void
handle(struct Trapframe *tf)
{
	last_tf = tf;
	if (tf->tf_trapno == T_SYSCALL)
		trap_dispatch(tf);
	else if (tf->tf_trapno == T_PGFLT || !handle_other(tf))
		trap_dispatch(tf);
}

// Handle trap tf of e when there is deferred work, or when e was stopped or
// destroyed while it ran here.  Without e, this CPU was idle.
// Returns false if e's turn is over.
static bool
handle_slow(struct Env *e, struct Trapframe *tf)
{
	const uint32_t call = tf->tf_regs.reg_eax;
	bool wanted = true;

	do_deferred_work();
	if (lab->trace_traps)		// every trap comes here (WORK_TRACE)
		cprintf("Incoming TRAP frame at %p\n", cpu_program_frame());
	if (e && e->env_status == ENV_DYING) {
		env_free(e);
		curenv = NULL;
		// env_tf may belong to another environment by now.
		tf = cpu_program_frame();
		wanted = is_interrupt(tf);
	} else if (e && e->env_status != ENV_RUNNING)
		wanted = !retry_later(tf);
	if (!wanted)
		return false;
	handle(tf);
	if (tf->tf_trapno == T_SYSCALL && reap_pending())
		retry_for_memory(tf, call);
	if (!sched_turn_is_over())
		return true;
	if (curenv)
		fpu_save(curenv);	// this trap may have loaded them
	return false;
}

// A trap of e, which ran on this CPU
ALWAYS_INLINE void __attribute__((noreturn))
trap_from_user(struct Env *e, struct Trapframe *tf)
{
	bool may_go_on = true;

	// Save before taking the lock: the CPU that has it may be about to give
	// e other registers (env_set_tf).
	e->env_tf = *tf;
	lock_kernel();
	if (deferred_work || e->env_status != ENV_RUNNING)
		may_go_on = handle_slow(e, &e->env_tf);
	else
		handle(&e->env_tf);
	if (!may_go_on)
		sched_yield();
	if (e->env_status == ENV_RUNNING)
		env_run(e);
	sched_next();
}

// An interrupt of a CPU that was idle
static void __attribute__((noreturn))
trap_from_idle(struct Trapframe *tf)
{
	thiscpu->cpu_status = CPU_STARTED;
	widen();
	lapic_timer(true);
	lock_kernel();
	sched_leave_idle();
	handle_slow(NULL, tf);
	wakeup_readers();
	sched_next();
}

// kern/trapentry.S calls this with the frame that it completed.
void
trap(struct Trapframe *tf)
{
	// The program may have set the direction flag, and AC, which lets the
	// kernel use its memory (SMAP).
	__asm__ volatile("cld" : : : "cc");
	user_memory_close();
	if (tf->tf_eflags & FL_VM)
		tf = leave_vm86(tf);

	if (from_user(tf))
		trap_from_user(curenv, tf);
	if (thiscpu->cpu_status == CPU_HALTED && tf->tf_trapno != T_NMI)
		trap_from_idle(tf);
	trap_in_kernel(tf);
	return_to_kernel(tf);
}
