// kern/dblfault.c - a fault while the processor enters a fault.
//
// The usual reason is a stack overflow in the kernel, which leaves no room to
// push a fault.  So double faults go through a task gate, which loads registers
// and a stack of its own.  The first one panics, so one task is enough for all
// CPUs.
//
// Intel SDM 3A, 6.14.2 and 7.3: the processor saves the registers in the CPU's
// TSS, puts the selector of that TSS into `task`, and pushes an error code on
// the task's stack.
//
// Entry point: dblfault_init.

#include <inc/assert.h>
#include <inc/memlayout.h>
#include <inc/mmu.h>
#include <inc/trap.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/dblfault.h>
#include <kern/env.h>
#include <kern/monitor.h>
#include <kern/pmap.h>
#include <kern/trap.h>

// Enough for a backtrace and the monitor
static unsigned char stack[4 * PGSIZE] __attribute__((aligned(PGSIZE)));
static struct Taskstate task;

void dblfault_entry(void);

void
dblfault_init(void)
{
	struct Segdesc *desc = &gdt[GD_DBLFLT >> 3];

	task = (struct Taskstate) {
		.ts_cr3 = PADDR(kern_pgdir),
		.ts_eip = (uintptr_t) dblfault_entry,
		.ts_esp = (uintptr_t) (stack + sizeof(stack)),
		.ts_cs = GD_KT, .ts_ss = GD_KD, .ts_ds = GD_KD, .ts_es = GD_KD,
		.ts_fs = GD_UD | 3, .ts_gs = GD_UD | 3,
		.ts_eflags = 0x2,		// a bit that is always set
		.ts_iomb = sizeof(task),
	};
	*desc = SEG16(STS_T32A, (uint32_t) &task, sizeof(task) - 1, 0);
	desc->sd_s = 0;			// a system segment
	GATE(idt[T_DBLFLT], STS_TG, GD_DBLFLT, 0, 0);
}

// The frame that the stub of a trap would have pushed
static struct Trapframe
frame_of(const struct Taskstate *ts, uint32_t err)
{
	return (struct Trapframe) {
		.tf_regs = {
			.reg_edi = ts->ts_edi, .reg_esi = ts->ts_esi,
			.reg_ebp = ts->ts_ebp, .reg_oesp = ts->ts_esp,
			.reg_ebx = ts->ts_ebx, .reg_edx = ts->ts_edx,
			.reg_ecx = ts->ts_ecx, .reg_eax = ts->ts_eax,
		},
		.tf_es = ts->ts_es, .tf_ds = ts->ts_ds,
		.tf_trapno = T_DBLFLT, .tf_err = err,
		.tf_eip = ts->ts_eip, .tf_cs = ts->ts_cs,
		.tf_eflags = ts->ts_eflags,
		.tf_esp = ts->ts_esp, .tf_ss = ts->ts_ss,
	};
}

// Is va in the gap below one of the kernel's stacks?
static bool
below_a_stack(uintptr_t va)
{
	const uintptr_t below_top = KSTACKTOP - 1 - va;

	if (va >= (uintptr_t) bootstack_gap && va < (uintptr_t) bootstack)
		return true;
	return va < KSTACKTOP
		&& below_top < NCPU * (KSTKSIZE + KSTKGAP)
		&& below_top % (KSTKSIZE + KSTKGAP) >= KSTKSIZE;
}

// Load the TSS of this CPU again, so that thiscpu is right, and print what the
// CPU was doing.
void __attribute__((noreturn))
dblfault(uint32_t err)
{
	static struct Trapframe tf;
	const uint16_t selector = task.ts_link;
	const uintptr_t va = rcr2();

	write_eflags(0);		// not a nested task, for iret
	gdt[selector >> 3].sd_type = STS_T32A;	// not busy: ltr insists
	ltr(selector);
	tf = frame_of(&thiscpu->cpu_ts, err);

	user_memory_open();
	print_trapframe(&tf);
	if (below_a_stack(va))
		cprintf("kernel stack overflow at va %08x\n", va);
	mon_backtrace(0, NULL, &tf);
	panic("double fault at ip %08x, esp %08x", tf.tf_eip, tf.tf_esp);
}

// The processor pushed the error code where a caller pushes the argument.
__asm__(
	"	.text\n"
	"	.globl dblfault_entry\n"
	"	.type dblfault_entry, @function\n"
	"dblfault_entry:\n"
	"	xorl %ebp, %ebp\n"
	"	call dblfault\n"
	"	.size dblfault_entry, . - dblfault_entry\n");
