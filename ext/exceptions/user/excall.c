// ext/exceptions/user/excall.c - catches each exception that a program can
// raise, looks at what the handler gets, and goes on behind the instruction.
//
// An emulator may lack some: QEMU 7.2 neither holds programs to alignment nor
// raises errors of SSE.  Their instructions then do nothing, which is said.

#include <ext/exceptions/user/catch.h>

// Each of these functions raises one exception: at its label at_NAME or, if the
// exception comes after its instruction, behind it; and after_NAME is where the
// program goes on.  Neither registers nor flags may have changed there: the
// function checks those that it can.
#define RAISE(name, before, instruction)				\
static void								\
raise_##name(void)							\
{									\
	__asm__ volatile(						\
		".globl at_" #name ", after_" #name "\n\t"		\
		"pushal\n\t"						\
		before "\n"						\
		"at_" #name ":\n\t"					\
		instruction "\n"					\
		"after_" #name ":\n\t"					\
		"popal"							\
		: : : "memory", "cc");					\
}									\
extern char at_##name[], after_##name[];

RAISE(divide, "xorl %%edx, %%edx", "divl %%edx")
RAISE(brkpt, "", "int3")
RAISE(brkpt_long, "", "int $3")
RAISE(oflow, "movb $0x7F, %%al; incb %%al", "into")
RAISE(bound, "pushl $0; pushl $0; movl $5, %%eax",
	"bound %%eax, (%%esp); addl $8, %%esp")
RAISE(illop, "", "ud2")
RAISE(gpflt, "", "int $5")
RAISE(gpflt_hlt, "", "hlt")
RAISE(segment, "movl $0x48, %%eax", "movw %%ax, %%gs")
RAISE(tss, "pushfl; orl $0x4000, (%%esp); popfl", "iret")
RAISE(fperr, "fninit; pushl $0; fldcw (%%esp); popl %%eax; fldz; fld1; fdivp",
	"fwait")
RAISE(simderr, "pushl $0; ldmxcsr (%%esp); popl %%eax; xorps %%xmm0, %%xmm0",
	"divps %%xmm0, %%xmm0")
RAISE(align, "pushfl; orl $0x40000, (%%esp); popfl", "movl 1(%%esp), %%eax")

static const struct {
	const char *name;
	void (*raise)(void);
	uint32_t trap, err;
	const char *at, *resume;	// eip in the frame, and to go on at
	bool may_lack;			// QEMU may not raise it
} all[] = {
#define E(name, trap, err, at, resume, ...)				\
	{ #name, raise_##name, trap, err, at, resume, __VA_ARGS__ }
#define FAULT(name, trap, err, ...)					\
	E(name, trap, err, at_##name, after_##name, __VA_ARGS__)
#define TRAP(name, trap)	E(name, trap, 0, after_##name, NULL, false)
	FAULT(divide, T_DIVIDE, 0, false),
	TRAP(brkpt, T_BRKPT),
	TRAP(brkpt_long, T_BRKPT),
	TRAP(oflow, T_OFLOW),
	FAULT(illop, T_ILLOP, 0, false),
	FAULT(gpflt, T_GPFLT, 5 * 8 + 2, false),
	FAULT(gpflt_hlt, T_GPFLT, 0, false),
	FAULT(segment, T_GPFLT, 0x48, false),
	FAULT(tss, T_TSS, 0, false),
	FAULT(fperr, T_FPERR, 0, false),
	FAULT(simderr, T_SIMDERR, 0, true),
	FAULT(align, T_ALIGN, 0, true),
};

static void
catch_all(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		catch(all[i].trap);
		resume = (uintptr_t) all[i].resume;
		count = 0;
		all[i].raise();
		if (count == 0 && all[i].may_lack) {
			cprintf("%s: this machine does not raise it\n",
				all[i].name);
			continue;
		}
		if (count != 1 || seen.utf_fault_va != all[i].trap
		    || seen.utf_eip != (uintptr_t) all[i].at
		    || seen.utf_err != all[i].err)
			panic("%s: %d times trap %d at %08x (%08x) error %x",
				all[i].name, count, seen.utf_fault_va,
				seen.utf_eip, all[i].at, seen.utf_err);
		cprintf("%s: caught trap %d\n", all[i].name, all[i].trap);
	}
	// What raise_simderr and raise_fperr left
	__asm__ volatile("fninit");
}

// Bounds: the handler makes the index fit, and the instruction is repeated.
static void
fix_bound(struct UTrapframe *utf)
{
	count++;
	utf->utf_regs.reg_eax = 0;
}

static void
repeat_bound(void)
{
	count = 0;
	set_exception_handler(T_BOUND, fix_bound);
	raise_bound();
	if (count != 1)
		panic("bound: %d times", count);
	cprintf("bound: caught, mended and repeated\n");
}

// Division by zero in the handler of a page fault, which runs on the exception
// stack; and a page fault in the handler of a division by zero.
#define FAULTING	((volatile char *) 0x30000000)

static void
page_handler(struct UTrapframe *utf)
{
	if (utf->utf_fault_va == (uintptr_t) FAULTING)
		raise_divide();
	if (sys_page_alloc(0, (void *) ROUNDDOWN(utf->utf_fault_va, PGSIZE),
			PTE_P | PTE_U | PTE_W) < 0)
		panic("no page");
}

static void
touching_handler(struct UTrapframe *utf)
{
	count++;
	FAULTING[PGSIZE] = 1;
	utf->utf_eip = resume;
}

static void
nest(void)
{
	set_exception_handler(T_DIVIDE, handler);
	set_pgfault_handler(page_handler);
	resume = (uintptr_t) after_divide;
	count = 0;
	FAULTING[0] = 1;
	if (count != 1 || seen.utf_esp < UXSTACKTOP - PGSIZE)
		panic("division in a page-fault handler: %d times", count);
	set_exception_handler(T_DIVIDE, touching_handler);
	count = 0;
	raise_divide();
	if (count != 1)
		panic("page fault in the handler of a division: %d", count);
	cprintf("exceptions and page faults nest\n");
}

// A child has no handlers until it sets one; then it has all.
static void
inherit(void)
{
	const envid_t child = fork();

	if (child < 0)
		panic("fork: %e", child);
	if (child == 0) {
		set_exception_handler(T_DIVIDE, handler);
		resume = 0;
		count = 0;
		raise_brkpt();
		cprintf("the child caught %d\n", count);
		exit();
	}
	wait(child);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	if (set_exception_handler(T_PGFLT, handler) != -E_INVAL
	    || set_exception_handler(T_NMI, handler) != -E_INVAL
	    || set_exception_handler(-1, handler) != -E_INVAL
	    || set_exception_handler(32, handler) != -E_INVAL)
		panic("what no program may handle was accepted");
	catch_all();
	repeat_bound();
	nest();
	inherit();
	cprintf("excall ok\n");
}
