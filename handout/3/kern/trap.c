// kern/trap.c - exceptions and system calls, once the stubs of
// kern/trapentry.S have saved the registers.
//
// A trap from user mode saves the program's registers in env_tf, is handled,
// and ends by running curenv again.  A trap in the kernel is a bug.
//
// Entry points: trap_init, trap_init_percpu; trap; page_fault_handler.

static struct Taskstate ts;		// says where the kernel's stack is

// Tell the processor where its kernel stack is and where the gates are.
void
trap_init_percpu(void)
{
	ts.ts_esp0 = KSTACKTOP;
	ts.ts_ss0 = GD_KD;
	ts.ts_iomb = sizeof(ts);	// no I/O permission map

	gdt[GD_TSS0 >> 3] = SEG16(STS_T32A, (uint32_t) &ts, sizeof(ts) - 1, 0);
	gdt[GD_TSS0 >> 3].sd_s = 0;	// a system segment
	ltr(GD_TSS0);
	lidt(&idt_pd);
}

// A program that causes a page fault ends.  In the kernel it is a bug.
void
page_fault_handler(struct Trapframe *tf)
{
	const uint32_t fault_va = rcr2();

	if (!from_user(tf)) {
		print_trapframe(tf);
		panic("page fault in the kernel at va %08x", fault_va);
	}
	cprintf("[%08x] user fault va %08x ip %08x\n",
		curenv->env_id, fault_va, tf->tf_eip);
	print_trapframe(tf);
	env_destroy(curenv);
}

void
trap(struct Trapframe *tf)
{
	// The program may have set the direction flag.
	__asm__ volatile("cld" : : : "cc");

	if (trap_hook)
		trap_hook(tf);
	cprintf("Incoming TRAP frame at %p\n", tf);
	if (from_user(tf)) {
		// The next trap will overwrite this frame.
		curenv->env_tf = *tf;
		tf = &curenv->env_tf;
	}
	last_tf = tf;
	trap_dispatch(tf);
	env_run(curenv);
}
