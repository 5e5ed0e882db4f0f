// kern/trap.c - exceptions, interrupts and system calls, once the stubs of
// kern/trapentry.S have saved the registers.
//
// From user mode, and from an idle CPU, the way is always the same: take the
// lock, copy the registers into the environment, handle the trap, and leave
// by running an environment - this one or another.  Most traps are system
// calls and page faults that need less than all of that: see call_in_short.
//
// From the kernel itself three kinds of traps are right: interrupts while the
// monitor waits for a key or a CPU for the lock, NMIs, and breakpoints.  These
// return to where they came from.  Double faults do not come here
// (kern/dblfault.c).
//
// Entry points: trap_init, trap_init_percpu; trap; trap_frame,
// page_fault_handler.

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
#include <kern/foreground.h>
#include <kern/fpu.h>
#include <kern/irqwait.h>
#include <kern/lab.h>
#include <kern/monitor.h>
#include <kern/pmap.h>
#include <kern/reap.h>
#include <kern/sched.h>
#include <kern/spinlock.h>
#include <kern/stray.h>
#include <kern/syscall.h>
#include <kern/trap.h>
#include <kern/usermem.h>

struct Gatedesc idt[256];
struct Pseudodesc idt_pd = {
	.pd_lim = sizeof(idt) - 1,
	.pd_base = (uintptr_t) idt,
};

// The trap that is being handled: where its registers are, and for
// print_trapframe, as only then does CR2 still belong to it.
static struct Trapframe *last_tf;

struct Trapframe *
trap_frame(void)
{
	return last_tf;
}

// ---------------------------------------------------------------- start-up

// Made by kern/trapentry.S
struct Vector {
	uint32_t num;
	void (*stub)(void);
};
extern const struct Vector trap_vectors[], trap_vectors_end[];

// Programs may raise these by an instruction: int3, into, int $T_SYSCALL.  All
// others only happen to them.
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

// Say where the program is, and end it.
static void
end_program(struct Trapframe *tf)
{
	print_trapframe(tf);
	user_memory_open();		// the backtrace looks there
	mon_backtrace(0, NULL, tf);
	env_destroy(curenv);
}

// ------------------------------------------------------------- page faults

// Does this fault come from code that runs on the exception stack?  The page
// below that stack is no other stack's: who is there came from above.
static inline bool
on_exception_stack(uintptr_t esp)
{
	return esp > USTACKTOP && esp < UXSTACKTOP;
}

// Send e, which is curenv, to its page-fault upcall, with a UTrapframe on its exception
// stack.  If the fault came from the upcall itself, the new frame goes below
// the old ones, with a word left free between them: lib/pfentry.S needs it to
// return.
static inline void
start_upcall(struct Env *e, struct Trapframe *tf, uint32_t fault_va)
{
	uintptr_t top = on_exception_stack(tf->tf_esp)
		? ROUNDDOWN(tf->tf_esp, sizeof(uint32_t)) - sizeof(uint32_t)
		: UXSTACKTOP;
	struct UTrapframe *utf = (struct UTrapframe *) top - 1;

	// This ends the environment if it fails: also one whose upcall cannot
	// be run, for going there faults again and again, a frame lower each
	// time.
	user_mem_assert_few(e, utf, sizeof(*utf), PTE_W);

	// The program may have mapped something below its exception stack.
	if ((uintptr_t) utf < UXSTACKTOP - PGSIZE) {
		cprintf("[%08x] exception stack overflow at va %08x\n",
			e->env_id, utf);
		env_destroy(e);
	}

	utf->utf_fault_va = fault_va;
	utf->utf_err = tf->tf_err;
	utf->utf_regs = tf->tf_regs;
	utf->utf_eip = tf->tf_eip;
	utf->utf_eflags = tf->tf_eflags;
	utf->utf_esp = tf->tf_esp;
	tf->tf_eip = (uintptr_t) e->env_pgfault_upcall;
	tf->tf_esp = (uintptr_t) utf;
}

void
page_fault_handler(struct Trapframe *tf)
{
	uint32_t fault_va = rcr2();
	struct Env *e = curenv;

	if (!from_user(tf)) {
		print_trapframe(tf);
		guard_page_fault(fault_va);
		panic("page fault in the kernel at va %08x", fault_va);
	}
	if (e->env_pgfault_upcall) {
		start_upcall(e, tf, fault_va);
		return;
	}

	cprintf("[%08x] user fault va %08x ip %08x\n",
		e->env_id, fault_va, tf->tf_eip);
	end_program(tf);
}

// ---------------------------------------------------------------- dispatch

// A number beyond the bits is for syscall() to know.
ALWAYS_INLINE bool
is_call_of_lab(uint32_t call)
{
	return call >= 32 || (lab->calls & 1u << call);
}

ALWAYS_INLINE void
make_call(struct Trapframe *tf)
{
	struct PushRegs *r = &tf->tf_regs;

	r->reg_eax = syscall(r->reg_eax, r->reg_edx, r->reg_ecx, r->reg_ebx,
		r->reg_edi, r->reg_esi);
}

// Has a call failed for want of what ended environments have not given back yet?
static inline bool
is_lack(int32_t result)
{
	return result == -E_NO_MEM || result == -E_NO_FREE_ENV;
}

static void
handle_syscall(struct Trapframe *tf)
{
	const uint32_t call = tf->tf_regs.reg_eax;

	if (!is_call_of_lab(call)) {
		tf->tf_regs.reg_eax = -E_INVAL;
		return;
	}
	make_call(tf);
	if (reap_pending() && is_lack(tf->tf_regs.reg_eax)) {
		reap_some();
		tf->tf_regs.reg_eax = call;	// make it again
		tf->tf_eip -= SYSCALL_SIZE;
	}
}

// One more tick: whoever runs here has had its turn.
static void
handle_timer(void)
{
	lapic_eoi();
	sched_yield();
}

// A program stops itself, mostly because it panics.
static void
handle_breakpoint(struct Trapframe *tf)
{
	if (debugging || !from_user(tf))
		monitor(tf);
	else
		end_program(tf);
}

// A trap that nobody handles ends the program; in the kernel it is a bug.
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

// The program's first floating-point instruction since it was here.
static void
handle_device(struct Trapframe *tf)
{
	while (from_user(tf) && fpu_use(curenv) < 0 && reap_pending())
		reap_some();
	if (rcr0() & CR0_TS)
		handle_unexpected(tf);
}

static void
trap_dispatch(struct Trapframe *tf)
{
	switch (tf->tf_trapno) {
	case T_PGFLT:
		page_fault_handler(tf);
		return;
	case T_BRKPT:
		handle_breakpoint(tf);
		return;
	case T_DEVICE:
		handle_device(tf);
		return;
	case T_SYSCALL:
		handle_syscall(tf);
		return;
	case IRQ_OFFSET + IRQ_TIMER:
		handle_timer();
		return;
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

// --------------------------------------------------------- into the kernel

// Go back to where a trap came from, with the registers that it put on our stack.
ALWAYS_INLINE void __attribute__((noreturn))
load_frame(struct Trapframe *tf)
{
	__asm__ volatile(
		"movl %0, %%esp\n\t"
		"popal\n\t"
		"popl %%es\n\t"
		"popl %%ds\n\t"
		"addl $8, %%esp\n\t"	// tf_trapno, tf_err
		"iret"
		: : "r" (tf) : "memory");
	panic("iret failed");
}

// A trap in the kernel.  Interrupts come only where the kernel lets them in,
// to wake it, and without the lock there is little that one may do.
static void
trap_in_kernel(struct Trapframe *tf)
{
	const bool from_disk = irqwait_take(tf->tf_trapno);
	const bool stray = !from_disk && stray_take(tf->tf_trapno);

	// An NMI may come anywhere: touch nothing.
	if (tf->tf_trapno == T_NMI)
		return;
	cpu_service();
	if (from_disk)
		cpu_order(cpunum(), CPU_NEWS);
	if (from_disk || stray)
		return;

	switch (tf->tf_trapno) {
	case IRQ_OFFSET + IRQ_KBD:
	case IRQ_OFFSET + IRQ_SERIAL:
		cpu_order(cpunum(), CPU_NEWS);
		return;
	case IRQ_OFFSET + IRQ_WAKE:
		return;
	case IRQ_OFFSET + IRQ_TIMER:
		lapic_eoi();
		cpu_watch();
		if (!(cpu_orders[cpunum()] & CPU_TICK))
			cpu_ticks[cpunum()].kept++;
		cpu_order(cpunum(), CPU_TICK);
		return;
	default:
		last_tf = tf;
		trap_dispatch(tf);
	}
}

static void __attribute__((noreturn))
trap_from_kernel(struct Trapframe *tf)
{
	trap_in_kernel(tf);
	load_frame(tf);
}

// Did a tick come while this CPU waited for the lock?  Then whoever runs here
// has had its turn, and must not go on when this trap is over.
static bool
take_tick(void)
{
	const bool ticked = cpu_take_order(CPU_TICK);

	if (ticked)
		cpu_ticks[cpunum()].taken++;
	if (ticked && thiscpu == bootcpu)
		sched_tick();
	return ticked;
}

// The CPU was idle: it goes back to work, with no environment yet.
static void
wake_up(void)
{
	thiscpu->cpu_status = CPU_STARTED;
	widen();
	lapic_timer(true);
	lock_kernel();
	sched_awake();
	take_tick();			// nobody has a turn here
	if (foreground_interrupted)
		foreground_end();
}

// Did curenv itself cause this trap, or did it only run when it came?
static inline bool
from_outside(const struct Trapframe *tf)
{
	return tf->tf_trapno != T_SYSCALL
		&& (tf->tf_trapno == T_NMI || tf->tf_trapno == T_MCHK
			|| tf->tf_trapno >= IRQ_OFFSET);
}

// Traps, which come after their instruction: it is done, and the frame
// does not lead back to it.
static bool
is_after_instruction(const struct Trapframe *tf)
{
	return tf->tf_trapno == T_DEBUG || tf->tf_trapno == T_BRKPT
		|| tf->tf_trapno == T_OFLOW;
}

// curenv was stopped while it ran here, or its turn is over.  What it was about
// to do happens when it runs again: an instruction that faults is still ahead
// of it, and so a system call becomes.  Returns whether it is to wait for that.
static bool
put_off(struct Trapframe *tf)
{
	if (tf->tf_trapno == T_SYSCALL)
		tf->tf_eip -= SYSCALL_SIZE;
	return !from_outside(tf) && !is_after_instruction(tf);
}

// Copy the registers into e, as another environment may be the next to use this
// stack, and return the copy.
static inline struct Trapframe *
keep_registers(struct Env *e, struct Trapframe *tf)
{
	e->env_tf = *tf;
	if (lab->trace_traps)
		cprintf("Incoming TRAP frame at %p\n", tf);
	return &e->env_tf;
}

// Virtual-8086 mode is not for programs.  A processor does not let them in,
// but QEMU's iret does, and with any flags.  The frame, whose end is in the
// usual place for the part of it that we know, becomes a program's again.  If
// it was no interrupt that ended this, or the NMI of cpu_watch, the program
// gets what a processor would have answered to its iret.
static void
leave_vm86(struct Trapframe *tf)
{
	tf->tf_cs = GD_UT | 3;
	tf->tf_ds = tf->tf_es = tf->tf_ss = GD_UD | 3;
	tf->tf_eflags &= ~(FL_VM | FL_IOPL_MASK | FL_NT | FL_VIF | FL_VIP);
	tf->tf_eflags |= FL_IF;
	if (tf->tf_trapno < IRQ_OFFSET || tf->tf_trapno == T_SYSCALL) {
		tf->tf_trapno = T_GPFLT;
		tf->tf_err = 0;
	}
}

// See to what came in while this CPU could not listen, waiting for the lock or
// for a key, and to what was left for later.
static void
catch_up(void)
{
	if (cpu_take_order(CPU_NEWS)) {
		stray_report();
		irqwait_answer();
		serial_intr();
		kbd_intr();
	}
	if (reap_pending())
		reap_some();
}

// An interrupt came, whoever is running here.  Returns whether there is still
// something to do about it: not if nobody asked for it, and for IRQ_WAKE all
// was to come here.  If curenv is gone, only devices still want an answer, and
// above all those that interrupt only once until they get it.
static bool
interrupt_is_wanted(const struct Trapframe *tf)
{
	const uint32_t irq = tf->tf_trapno - IRQ_OFFSET;

	if (irqwait_take(tf->tf_trapno)) {
		struct Env *server = irqwait_answer();

		// It has little to do before it waits for the disk again.
		if (server)
			sched_handoff(server);
		return false;
	}
	if (stray_take(tf->tf_trapno))
		return false;
	if (irq == IRQ_TIMER)
		cpu_watch();
	if (irq == IRQ_TIMER && thiscpu == bootcpu)
		sched_tick();
	return irq != IRQ_WAKE && (curenv || irq <= IRQ_IDE);
}

// Leave the kernel by running another one than e, if e was current.
ALWAYS_INLINE void __attribute__((noreturn))
leave_from(struct Env *e)
{
	if (e && env_is_abandoned(e))
		env_destroy(e);		// it stopped itself for good
	sched_next();
}

// Leave the kernel by running curenv, if it can go on and its turn is not over,
// or somebody else.
static void __attribute__((noreturn))
leave(bool turn_is_over)
{
	struct Env *e = curenv;

	if (e && e->env_status == ENV_RUNNING && !sched_heir) {
		if (turn_is_over)
			sched_yield();
		env_run(e);
	}
	leave_from(e);
}

// Handle a trap whose registers are where they belong, and leave.
static void __attribute__((noreturn))
handle(struct Trapframe *tf, bool wanted, bool turn_is_over)
{
	assert(!(read_eflags() & FL_IF));
	if (cpus_with_orders)
		catch_up();
	last_tf = tf;
	if (from_outside(tf))
		wanted = interrupt_is_wanted(tf);
	if (wanted)
		trap_dispatch(tf);
	leave(turn_is_over);
}

// ----------------------------------------------------- system calls in short

// System calls that do something and return, if need be after they have put
// their caller to sleep.  They do not look at its registers in struct Env, nor
// run somebody else themselves.
#define SHORT_CALLS	(CALL_BIT(SYS_cputs) | CALL_BIT(SYS_cgetc)	\
	| CALL_BIT(SYS_getenvid) | CALL_BIT(SYS_env_destroy)		\
	| CALL_BIT(SYS_env_set_status) | CALL_BIT(SYS_env_wait)		\
	| CALL_BIT(SYS_cons_wait) | CALL_BIT(SYS_cons_line)		\
	| CALL_BIT(SYS_cons_foreground)					\
	| CALL_BIT(SYS_irq_wait)		\
	| CALL_BIT(SYS_page_alloc) | CALL_BIT(SYS_page_map)		\
	| CALL_BIT(SYS_page_map_list) | CALL_BIT(SYS_page_unmap)	\
	| CALL_BIT(SYS_page_copy) | CALL_BIT(SYS_page_held)		\
	| CALL_BIT(SYS_page_wait) | CALL_BIT(SYS_page_wake)		\
	| CALL_BIT(SYS_env_set_pgfault_upcall) | CALL_BIT(SYS_ipc_try_send) \
	| CALL_BIT(SYS_ipc_send) | CALL_BIT(SYS_ipc_recv_from)		\
	| CALL_BIT(SYS_ipc_reply) | CALL_BIT(SYS_ipc_call)		\
	| CALL_BIT(SYS_ipc_reply_recv))

// Go on with curenv, whose registers are still where the trap put them.
ALWAYS_INLINE void __attribute__((noreturn))
go_back(struct Trapframe *tf)
{
	sched_share();
	unlock_kernel();
	load_frame(tf);
}

// Make such a call with the registers where they are, and go back from there.
// Copying them to struct Env and back is a third of what a small call costs, and
// just those calls are made most.
ALWAYS_INLINE void __attribute__((noreturn))
call_in_short(struct Env *e, struct Trapframe *tf)
{
	last_tf = tf;
	make_call(tf);
	if (e->env_status == ENV_RUNNING)
		go_back(tf);
	e->env_tf = *tf;
	leave_from(e);
}

// A page fault that the program handles, in the same way
ALWAYS_INLINE void __attribute__((noreturn))
fault_in_short(struct Env *e, struct Trapframe *tf)
{
	start_upcall(e, tf, rcr2());
	go_back(tf);
}

// SYS_yield, which has nothing to do but what the scheduler does.  A CPU that
// nobody else wants stays with who offers it.
static inline void __attribute__((noreturn))
yield_in_short(struct Env *e, struct Trapframe *tf)
{
	tf->tf_regs.reg_eax = 0;
	if (!sched_others())
		go_back(tf);
	e->env_tf = *tf;
	sched_yield();
}

// The same if they are in struct Env.  All else that env_run would do is done:
// nobody else ran here.
ALWAYS_INLINE void __attribute__((noreturn))
go_on(struct Env *e)
{
	sched_share();
	unlock_kernel();
	env_pop_tf(&e->env_tf);
}

// What is neither of both, with the registers in struct Env
ALWAYS_INLINE void __attribute__((noreturn))
call_in_full(struct Env *e, struct Trapframe *tf)
{
	e->env_tf = *tf;
	last_tf = tf = &e->env_tf;
	make_call(tf);
	if (e->env_status != ENV_RUNNING || sched_heir)
		leave_from(e);
	go_on(e);
}

// A system call that nothing disturbs
ALWAYS_INLINE void __attribute__((noreturn))
system_call(struct Env *e, struct Trapframe *tf)
{
	const uint32_t call = tf->tf_regs.reg_eax;

	if (call < 32 && (SHORT_CALLS & lab->calls & 1u << call))
		call_in_short(e, tf);
	if (call == SYS_yield && lab->short_ways)
		yield_in_short(e, tf);
	if (!is_call_of_lab(call)) {
		tf->tf_regs.reg_eax = -E_INVAL;
		go_back(tf);
	}
	call_in_full(e, tf);
}

// ------------------------------------------------------------------ the way in

// A trap that comes while there is something to see to, or while its program
// has been stopped or destroyed, or was given other registers
static void __attribute__((noreturn))
trap_disturbed(struct Env *e, struct Trapframe *tf)
{
	bool wanted = false;

	cpu_service();

	const bool turn_is_over = take_tick();

	if (foreground_interrupted)
		foreground_end();
	if (e->env_status == ENV_DYING) {
		cpu_take_order(CPU_NEW_TF);
		env_free(e);
		curenv = NULL;
	} else if (!cpu_take_order(CPU_NEW_TF)) {
		wanted = (e->env_status == ENV_RUNNING && !turn_is_over)
			|| !put_off(tf);
		tf = keep_registers(e, tf);
	}
	handle(tf, wanted, turn_is_over);
}

ALWAYS_INLINE void __attribute__((noreturn))
trap_from_user(struct Trapframe *tf)
{
	struct Env *e = curenv;

	assert(e);
	spin_lock(&kernel_lock);	// lock_kernel also looks for orders
	fpu_leave(e);
	if (e->env_status != ENV_RUNNING || cpus_with_orders)
		trap_disturbed(e, tf);
	if (tf->tf_trapno == T_SYSCALL && !lab->trace_traps)
		system_call(e, tf);
	if (tf->tf_trapno == T_PGFLT && e->env_pgfault_upcall
	    && lab->short_ways)
		fault_in_short(e, tf);
	handle(keep_registers(e, tf), true, false);
}

void
trap(struct Trapframe *tf)
{
	// The program's direction flag is not ours, nor AC, which opens its
	// memory.
	__asm__ volatile("cld" : : : "cc");
	user_memory_close();
	if (tf->tf_eflags & FL_VM)
		leave_vm86(tf);

	// What another CPU called us for is done by coming here.  It must be
	// able to call again while we wait for the lock.
	if (tf->tf_trapno == IRQ_OFFSET + IRQ_WAKE) {
		widen();
		lapic_eoi();
	}

	if (from_user(tf)) {
		trap_from_user(tf);
	} else if (thiscpu->cpu_status == CPU_HALTED
		   && tf->tf_trapno != T_NMI) {
		wake_up();
		handle(tf, true, false);
	} else
		trap_from_kernel(tf);
}
