// user/faultregs.c - a page fault with a handler changes no register, and the
// handler's UTrapframe has all of them.
//
// Three sets of registers are compared: before the fault, in the UTrapframe,
// and after the fault.  All arithmetic flags are set before it, to catch an
// upcall that calculates after it has restored the flags.

#include <inc/lib.h>

struct Registers {
	struct PushRegs regs;
	uint32_t eip;
	uint32_t eflags;
	uint32_t esp;
};

// The offsets that provoke_fault uses
_Static_assert(sizeof(struct PushRegs) == 32, "BEFORE + 32 is eip");
_Static_assert(sizeof(struct Registers) == 44, "BEFORE + 40 is esp");

// Not static: the compiler does not see that provoke_fault writes them.
struct Registers regs_before, regs_during, regs_after;

// provoke_fault: load the registers from regs_before, store regs_before.edi
// at the address in regs_before.eax, store the registers in regs_after.
// Between load and store, no instruction changes the flags.
void provoke_fault(void);
__asm__(
"	.text\n"
"provoke_fault:\n"
"	pushal\n"				// the caller's registers
"	pushfl\n"
"	pushl regs_before + 36\n"		// load the flags, and store
"	popfl\n"				// what the processor took
"	pushfl\n"
"	popl regs_before + 36\n"
"	movl %esp, regs_before + 40\n"
"	movl $1f, regs_before + 32\n"
"	movl regs_before + 0, %edi\n"
"	movl regs_before + 4, %esi\n"
"	movl regs_before + 8, %ebp\n"
"	movl regs_before + 16, %ebx\n"
"	movl regs_before + 20, %edx\n"
"	movl regs_before + 24, %ecx\n"
"	movl regs_before + 28, %eax\n"
"1:	movl %edi, (%eax)\n"			// faults
"	movl %edi, regs_after + 0\n"
"	movl %esi, regs_after + 4\n"
"	movl %ebp, regs_after + 8\n"
"	movl %ebx, regs_after + 16\n"
"	movl %edx, regs_after + 20\n"
"	movl %ecx, regs_after + 24\n"
"	movl %eax, regs_after + 28\n"
"	movl %esp, regs_after + 40\n"
"	movl regs_before + 40, %esp\n"		// even if it was wrong
"	pushfl\n"
"	popl regs_after + 36\n"
"	popfl\n"
"	popal\n"
"	ret\n");

static const struct {
	const char *name;
	size_t at;
} fields[] = {
	{ "edi", offsetof(struct Registers, regs.reg_edi) },
	{ "esi", offsetof(struct Registers, regs.reg_esi) },
	{ "ebp", offsetof(struct Registers, regs.reg_ebp) },
	{ "ebx", offsetof(struct Registers, regs.reg_ebx) },
	{ "edx", offsetof(struct Registers, regs.reg_edx) },
	{ "ecx", offsetof(struct Registers, regs.reg_ecx) },
	{ "eax", offsetof(struct Registers, regs.reg_eax) },
	{ "eip", offsetof(struct Registers, eip) },
	{ "eflags", offsetof(struct Registers, eflags) },
	{ "esp", offsetof(struct Registers, esp) },
};

// Compare field by field with regs_before and print the outcome.
static void
compare(const struct Registers *other, const char *column, const char *where)
{
	bool same = true;

	cprintf("%-6s %-8s %-8s\n", "", "before", column);
	for (unsigned i = 0; i < ARRAY_SIZE(fields); i++) {
		uint32_t was, is;

		memcpy(&was, (char *) &regs_before + fields[i].at, 4);
		memcpy(&is, (char *) other + fields[i].at, 4);
		cprintf("%-6s %08x %08x %s\n", fields[i].name, was, is,
			was == is ? "OK" : "MISMATCH");
		same = same && was == is;
	}
	cprintf("Registers %s %s\n", where, same ? "OK" : "MISMATCH");
}

static void
handle(struct UTrapframe *utf)
{
	int r;

	if (utf->utf_fault_va != (uint32_t) UTEMP)
		panic("fault at %08x, not at UTEMP", utf->utf_fault_va);

	// Ignore FL_RF: the processor sets it in the frame of a fault only
	regs_during.regs = utf->utf_regs;
	regs_during.eip = utf->utf_eip;
	regs_during.eflags = utf->utf_eflags & ~FL_RF;
	regs_during.esp = utf->utf_esp;
	compare(&regs_during, "during", "in UTrapframe");

	if ((r = sys_page_alloc(0, UTEMP, PTE_P | PTE_U | PTE_W)) < 0)
		panic("sys_page_alloc: %e", r);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	set_pgfault_handler(handle);
	regs_before.regs = (struct PushRegs) {
		.reg_edi = 0xED10ED10, .reg_esi = 0xE510E510,
		.reg_ebp = 0xEB90EB90, .reg_ebx = 0xEB80EB80,
		.reg_edx = 0xED80ED80, .reg_ecx = 0xEC80EC80,
		.reg_eax = (uint32_t) UTEMP,
	};
	regs_before.eflags = FL_CF | FL_PF | FL_AF | FL_ZF | FL_SF | FL_OF;
	provoke_fault();

	// The store took place, so the program was resumed at the right eip
	if (*(volatile uint32_t *) UTEMP == regs_before.regs.reg_edi)
		regs_after.eip = regs_before.eip;
	compare(&regs_after, "after", "after page-fault");
}
