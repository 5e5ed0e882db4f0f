// kern/trap.c - exceptions, interrupts and system calls, once the stubs of
// kern/trapentry.S have saved the registers.
//
// A trap from user mode saves the program's registers in env_tf, takes the
// kernel lock, is handled, and ends by running an environment, curenv or
// another.  An interrupt of an idle CPU does so, too, but there is no curenv.
// Any other trap in the kernel is a bug.
//
// Entry points: trap_init, trap_init_percpu; trap; page_fault_handler.

// A program with a page-fault upcall goes on there, with a UTrapframe on its
// exception stack.  If the upcall itself faulted, the new frame goes below the
// old one, with a free word between them, which lib/pfentry.S needs to return.
// A program without an upcall, or without an exception stack that can hold the
// frame, ends.
void
page_fault_handler(struct Trapframe *tf)
{
	const uint32_t fault_va = rcr2();
	struct Env *e = curenv;

	if (!from_user(tf)) {
		print_trapframe(tf);
		panic("page fault in the kernel at va %08x", fault_va);
	}
	if (e->env_pgfault_upcall == NULL) {
		cprintf("[%08x] user fault va %08x ip %08x\n",
			e->env_id, fault_va, tf->tf_eip);
		print_trapframe(tf);
		env_destroy(e);
		return;
	}

	uintptr_t top = on_exception_stack(tf->tf_esp)
		? ROUNDDOWN(tf->tf_esp, sizeof(uint32_t)) - sizeof(uint32_t)
		: UXSTACKTOP;
	struct UTrapframe *utf = (struct UTrapframe *) top - 1;

	// This ends an environment without an exception stack.  It also ends
	// one whose upcall cannot be run: each try faults again, one frame
	// lower, until the stack is used up.
	user_mem_assert(e, utf, sizeof(*utf), PTE_W);

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

static void
handle_unexpected(struct Trapframe *tf)
{
	print_trapframe(tf);
	if (!from_user(tf))
		panic("unhandled trap in kernel");
	env_destroy(curenv);
}

// Handle trap tf by its number, if it has a handler.
static void
trap_dispatch(struct Trapframe *tf)
{
	struct PushRegs *r = &tf->tf_regs;

	switch (tf->tf_trapno) {
	case T_PGFLT:
		page_fault_handler(tf);
		return;
	case T_BRKPT:
		monitor(tf);
		return;
	case T_SYSCALL:
		r->reg_eax = syscall(r->reg_eax, r->reg_edx, r->reg_ecx,
			r->reg_ebx, r->reg_edi, r->reg_esi);
		return;
	case IRQ_OFFSET + IRQ_SPURIOUS:
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

// kern/trapentry.S calls this with the frame that it completed, which is on the
// kernel's stack.
void
trap(struct Trapframe *tf)
{
	// The program may have set the direction flag.
	__asm__ volatile("cld" : : : "cc");

	if (lab->trace_traps)
		cprintf("Incoming TRAP frame at %p\n", tf);
	if (xchg(&thiscpu->cpu_status, CPU_STARTED) == CPU_HALTED)
		lock_kernel();		// an interrupt ends this CPU's idleness
	if (from_user(tf)) {
		struct Env *e = curenv;

		// The next trap will overwrite this frame.
		e->env_tf = *tf;
		tf = &e->env_tf;
		lock_kernel();
		if (e->env_status == ENV_DYING) {
			env_free(e);	// another CPU has ended this program
			curenv = NULL;
			sched_yield();
		}
	}
	last_tf = tf;
	trap_dispatch(tf);
	if (curenv && curenv->env_status == ENV_RUNNING)
		env_run(curenv);
	sched_yield();
}
