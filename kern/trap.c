// kern/trap.c - exceptions, interrupts and system calls, once the stubs of
// kern/trapentry.S have saved the registers.
//
// From user mode, and from an idle CPU, the way is always the same: take the
// lock, copy the registers into the environment, handle the trap, and leave
// by running an environment - this one or another.  From the kernel itself
// three kinds of traps are right: interrupts while the monitor waits for a key
// or a CPU for the lock, NMIs, and breakpoints.  These return to where they
// came from.  Double faults do not come here (kern/dblfault.c).
//
// Entry points: trap_init, trap_init_percpu, trap, print_trapframe,
// print_regs.

#include <inc/assert.h>
#include <inc/string.h>
#include <inc/x86.h>

#include <kern/console.h>
#include <kern/cpu.h>
#include <kern/env.h>
#include <kern/fpu.h>
#include <kern/guard.h>
#include <kern/irqwait.h>
#include <kern/lab.h>
#include <kern/monitor.h>
#include <kern/panic.h>
#include <kern/pmap.h>
#include <kern/sched.h>
#include <kern/spinlock.h>
#include <kern/stray.h>
#include <kern/syscall.h>
#include <kern/trap.h>

struct Gatedesc idt[256];
struct Pseudodesc idt_pd = {
	.pd_lim = sizeof(idt) - 1,
	.pd_base = (uintptr_t) idt,
};

// The trap that is being handled, for print_trapframe: only then does CR2
// still belong to it.
static struct Trapframe *last_tf;

static bool
from_user(const struct Trapframe *tf)
{
	return (tf->tf_cs & 3) == 3;
}

// ---------------------------------------------------------------- start-up

// Made by kern/trapentry.S
struct Vector {
	uint32_t num;
	void (*stub)(void);
};
extern const struct Vector trap_vectors[], trap_vectors_end[];

// Programs may raise these two by int n; all others only happen to them.
static bool
for_programs(uint32_t num)
{
	return num == T_BRKPT || num == T_SYSCALL;
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

// ---------------------------------------------------------------- printing

static const char *
trapname(uint32_t num)
{
	static const char *const names[] = {
		[T_DIVIDE] = "Divide error",
		[T_DEBUG] = "Debug",
		[T_NMI] = "Non-Maskable Interrupt",
		[T_BRKPT] = "Breakpoint",
		[T_OFLOW] = "Overflow",
		[T_BOUND] = "BOUND Range Exceeded",
		[T_ILLOP] = "Invalid Opcode",
		[T_DEVICE] = "Device Not Available",
		[T_DBLFLT] = "Double Fault",
		[9] = "Coprocessor Segment Overrun",
		[T_TSS] = "Invalid TSS",
		[T_SEGNP] = "Segment Not Present",
		[T_STACK] = "Stack Fault",
		[T_GPFLT] = "General Protection",
		[T_PGFLT] = "Page Fault",
		[T_FPERR] = "x87 FPU Floating-Point Error",
		[T_ALIGN] = "Alignment Check",
		[T_MCHK] = "Machine-Check",
		[T_SIMDERR] = "SIMD Floating-Point Exception",
	};

	if (num < ARRAY_SIZE(names) && names[num])
		return names[num];
	if (num == T_SYSCALL)
		return "System call";
	if (num >= IRQ_OFFSET && num < IRQ_OFFSET + 16)
		return "Hardware Interrupt";
	return "(unknown trap)";
}

void
print_regs(struct PushRegs *regs)
{
	cprintf("  edi  0x%08x\n", regs->reg_edi);
	cprintf("  esi  0x%08x\n", regs->reg_esi);
	cprintf("  ebp  0x%08x\n", regs->reg_ebp);
	cprintf("  oesp 0x%08x\n", regs->reg_oesp);
	cprintf("  ebx  0x%08x\n", regs->reg_ebx);
	cprintf("  edx  0x%08x\n", regs->reg_edx);
	cprintf("  ecx  0x%08x\n", regs->reg_ecx);
	cprintf("  eax  0x%08x\n", regs->reg_eax);
}

void
print_trapframe(struct Trapframe *tf)
{
	cprintf("TRAP frame at %p from CPU %d\n", tf, cpunum());
	print_regs(&tf->tf_regs);
	cprintf("  es   0x----%04x\n", tf->tf_es);
	cprintf("  ds   0x----%04x\n", tf->tf_ds);
	cprintf("  trap 0x%08x %s\n", tf->tf_trapno, trapname(tf->tf_trapno));

	bool pgflt = tf->tf_trapno == T_PGFLT;
	if (pgflt && tf == last_tf)
		cprintf("  cr2  0x%08x\n", rcr2());
	cprintf("  err  0x%08x", tf->tf_err);
	if (pgflt)
		cprintf(" [%s, %s, %s]",
			tf->tf_err & FEC_U ? "user" : "kernel",
			tf->tf_err & FEC_WR ? "write" : "read",
			tf->tf_err & FEC_PR ? "protection" : "not-present");
	cprintf("\n");

	cprintf("  eip  0x%08x\n", tf->tf_eip);
	cprintf("  cs   0x----%04x\n", tf->tf_cs);
	cprintf("  flag 0x%08x\n", tf->tf_eflags);
	if (from_user(tf)) {
		cprintf("  esp  0x%08x\n", tf->tf_esp);
		cprintf("  ss   0x----%04x\n", tf->tf_ss);
	}
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

// Does this fault come from code that runs on the exception stack?
static bool
on_exception_stack(uintptr_t esp)
{
	return esp >= UXSTACKTOP - PGSIZE && esp < UXSTACKTOP;
}

// Send curenv to its page-fault upcall, with a UTrapframe on its exception
// stack.  If the fault came from the upcall itself, the new frame goes below
// the old ones, with a word left free between them: lib/pfentry.S needs it to
// return.
static void
start_upcall(struct Trapframe *tf, uint32_t fault_va)
{
	uintptr_t top = on_exception_stack(tf->tf_esp)
		? tf->tf_esp - sizeof(uint32_t) : UXSTACKTOP;
	struct UTrapframe *utf = (struct UTrapframe *) top - 1;

	// These end the environment if they fail.
	user_mem_assert(curenv, curenv->env_pgfault_upcall, 1, PTE_U);
	user_mem_assert(curenv, utf, sizeof(*utf), PTE_W);

	*utf = (struct UTrapframe) {
		.utf_fault_va = fault_va,
		.utf_err = tf->tf_err,
		.utf_regs = tf->tf_regs,
		.utf_eip = tf->tf_eip,
		.utf_eflags = tf->tf_eflags,
		.utf_esp = tf->tf_esp,
	};
	tf->tf_eip = (uintptr_t) curenv->env_pgfault_upcall;
	tf->tf_esp = (uintptr_t) utf;
}

void
page_fault_handler(struct Trapframe *tf)
{
	uint32_t fault_va = rcr2();

	if (!from_user(tf)) {
		print_trapframe(tf);
		guard_page_fault(fault_va);
		panic("page fault in the kernel at va %08x", fault_va);
	}
	if (curenv->env_pgfault_upcall) {
		start_upcall(tf, fault_va);
		return;
	}

	cprintf("[%08x] user fault va %08x ip %08x\n",
		curenv->env_id, fault_va, tf->tf_eip);
	end_program(tf);
}

// ---------------------------------------------------------------- dispatch

static void
handle_syscall(struct Trapframe *tf)
{
	struct PushRegs *r = &tf->tf_regs;

	r->reg_eax = syscall(r->reg_eax, r->reg_edx, r->reg_ecx, r->reg_ebx,
		r->reg_edi, r->reg_esi);
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
	if (!from_user(tf) || fpu_use(curenv) < 0)
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

// Did a device call while this CPU could not listen, waiting for the lock or
// for a key?
static volatile bool device_called;

static void
answer_devices(void)
{
	if (device_called) {
		device_called = false;
		irqwait_answer();
		serial_intr();
		kbd_intr();
	}
}

// A trap in the kernel.  Interrupts come only where the kernel lets them in,
// to wake it, and without the lock there is little that one may do.
static void
trap_in_kernel(struct Trapframe *tf)
{
	switch (tf->tf_trapno) {
	case IRQ_OFFSET + IRQ_KBD:
	case IRQ_OFFSET + IRQ_SERIAL:
		device_called = true;
		return;
	case IRQ_OFFSET + IRQ_WAKE:
		return;
	case IRQ_OFFSET + IRQ_TIMER:
		lapic_eoi();
		return;
	default:
		last_tf = tf;
		trap_dispatch(tf);
	}
}

// The CPU was idle: it goes back to work, with no environment yet.
static void
wake_up(void)
{
	thiscpu->cpu_status = CPU_STARTED;
	lapic_timer(true);
	lock_kernel();
	sched_awake();
}

// Did curenv itself cause this trap, or did it only run when it came?
static bool
from_outside(const struct Trapframe *tf)
{
	return tf->tf_trapno == T_NMI || tf->tf_trapno == T_MCHK
		|| (tf->tf_trapno >= IRQ_OFFSET && tf->tf_trapno != T_SYSCALL);
}

// Traps, which come after their instruction: it is done, and the frame
// does not lead back to it.
static bool
is_after_instruction(const struct Trapframe *tf)
{
	return tf->tf_trapno == T_DEBUG || tf->tf_trapno == T_BRKPT
		|| tf->tf_trapno == T_OFLOW;
}

// curenv was stopped while it ran here.  What it was about to do happens when
// it is started again: an instruction that faults is still ahead of it, and so
// a system call becomes.  Returns whether it is to wait for that.
static bool
put_off(struct Trapframe *tf)
{
	if (tf->tf_trapno == T_SYSCALL)
		tf->tf_eip -= SYSCALL_SIZE;
	return !from_outside(tf) && !is_after_instruction(tf);
}

// Copy the registers into curenv, as another environment may be the next to
// use this stack, and return the copy.  If curenv was given other registers
// meanwhile, these count, and how it came here does not any more.  Stores
// whether the trap is no longer to be handled.
static struct Trapframe *
keep_registers(struct Trapframe *tf, bool *overtaken)
{
	if (env_tf_replaced(curenv)) {
		*overtaken = !from_outside(tf);
		return tf;
	}
	*overtaken = curenv->env_status != ENV_RUNNING && put_off(tf);
	curenv->env_tf = *tf;
	if (lab->trace_traps)
		cprintf("Incoming TRAP frame at %p\n", tf);
	return &curenv->env_tf;
}

// For IRQ_WAKE, all was to come here.  If curenv is gone, only devices still
// want an answer, and above all those that interrupt only once until they get
// it.
static bool
trap_is_to_be_handled(const struct Trapframe *tf)
{
	const uint32_t irq = tf->tf_trapno - IRQ_OFFSET;

	return irq != IRQ_WAKE && (curenv || irq <= IRQ_IDE);
}

// Virtual-8086 mode is not for programs.  A processor does not let them in,
// but QEMU's iret does, and with any flags.  The frame, whose end is in the
// usual place for the part of it that we know, becomes a program's again.
static void
leave_vm86(struct Trapframe *tf)
{
	tf->tf_cs = GD_UT | 3;
	tf->tf_ds = tf->tf_es = tf->tf_ss = GD_UD | 3;
	tf->tf_eflags &= ~(FL_VM | FL_IOPL_MASK | FL_NT | FL_VIF | FL_VIP);
	tf->tf_eflags |= FL_IF;
}

void
trap(struct Trapframe *tf)
{
	bool overtaken = false;

	// The program's direction flag is not ours, nor AC, which opens its
	// memory.
	__asm__ volatile("cld" : : : "cc");
	user_memory_close();
	if (tf->tf_eflags & FL_VM)
		leave_vm86(tf);
	assert(!(read_eflags() & FL_IF));
	bool from_disk = irqwait_take(tf->tf_trapno);
	bool stray = from_disk || stray_take(tf->tf_trapno);

	// An NMI may come anywhere in the kernel: touch nothing.
	if (tf->tf_trapno == T_NMI && !from_user(tf))
		return;
	cpu_service();

	// What another CPU called us for is done by coming here.  It must be
	// able to call again while we wait for the lock.
	if (tf->tf_trapno == IRQ_OFFSET + IRQ_WAKE)
		lapic_eoi();

	if (from_user(tf)) {
		lock_kernel();
		assert(curenv);
		fpu_leave(curenv);
		if (curenv->env_status == ENV_DYING) {
			env_free(curenv);
			curenv = NULL;
		} else
			tf = keep_registers(tf, &overtaken);
	} else if (thiscpu->cpu_status == CPU_HALTED) {
		wake_up();
	} else {
		if (from_disk)
			device_called = true;
		else if (!stray)
			trap_in_kernel(tf);
		return;
	}

	answer_devices();
	stray_report();
	last_tf = tf;
	if (tf->tf_trapno == IRQ_OFFSET + IRQ_TIMER && thiscpu == bootcpu)
		sched_tick();
	if (!stray && !overtaken && trap_is_to_be_handled(tf))
		trap_dispatch(tf);

	// Who waits for the disk has little to do before it waits again.
	struct Env *server = from_disk ? irqwait_answer() : NULL;

	if (curenv && curenv->env_status == ENV_RUNNING && !server)
		env_run(curenv);
	if (curenv && env_is_abandoned(curenv))
		env_destroy(curenv);		// it stopped itself for good
	if (server)
		env_run(server);
	sched_yield();
}
