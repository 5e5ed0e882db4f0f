// tests/user/testinstr.c - privileged or faulting instructions end the program
// that executes them, and have no other effect.
//
// Each runs in a child, which sets came_back if it gets past the instruction.

#include <inc/lib.h>
#include <inc/x86.h>

// In a page that parent and child share
#define came_back	((volatile bool *) 0x0A000000)

// ------------------------------------------------------------- instructions

#define INSTRUCTION(name, ...)				\
static void						\
name(void)						\
{							\
	__asm__ volatile(__VA_ARGS__);			\
}

// Privileged
INSTRUCTION(do_hlt, "hlt")
INSTRUCTION(do_cli, "cli")
INSTRUCTION(do_sti, "sti")
INSTRUCTION(do_clts, "clts")
INSTRUCTION(do_invlpg, "invlpg (%esp)")
INSTRUCTION(do_lgdt, "lgdt (%esp)")
INSTRUCTION(do_lidt, "lidt (%esp)")
INSTRUCTION(do_lldt, "xorl %eax, %eax; lldt %ax")
INSTRUCTION(do_ltr, "movl $0x28, %eax; ltr %ax")
INSTRUCTION(do_lmsw, "xorl %eax, %eax; lmsw %ax")
INSTRUCTION(do_rdmsr, "movl $0x1B, %ecx; rdmsr")
INSTRUCTION(do_wrmsr, "movl $0x174, %ecx; xorl %eax, %eax; wrmsr")
INSTRUCTION(from_cr0, "movl %cr0, %eax")
INSTRUCTION(to_cr0, "xorl %eax, %eax; movl %eax, %cr0")
INSTRUCTION(from_cr2, "movl %cr2, %eax")
INSTRUCTION(to_cr3, "xorl %eax, %eax; movl %eax, %cr3")
INSTRUCTION(to_cr4, "xorl %eax, %eax; movl %eax, %cr4")
INSTRUCTION(from_dr7, "movl %db7, %eax")
INSTRUCTION(to_dr0, "xorl %eax, %eax; movl %eax, %db0")

// Ports
INSTRUCTION(do_in, "inb $0x60, %al")
INSTRUCTION(do_inw, "movw $0x1F0, %dx; inw %dx, %ax")
INSTRUCTION(do_out, "outb %al, $0x20")
INSTRUCTION(do_outl, "movw $0xCF8, %dx; outl %eax, %dx")
INSTRUCTION(do_ins, "movw $0x60, %dx; movl %esp, %edi; insb")
INSTRUCTION(do_outs, "movw $0x3F8, %dx; movl %esp, %esi; outsb")

// Other ways into a kernel
INSTRUCTION(do_sysenter, "sysenter")
INSTRUCTION(do_syscall, ".byte 0x0F, 0x05")
INSTRUCTION(do_sysexit, "sysexit")
INSTRUCTION(do_ud2, "ud2")
INSTRUCTION(do_icebp, ".byte 0xF1")
INSTRUCTION(do_bound, "pushl $0; pushl $0; movl $5, %eax; bound %eax, (%esp)")
INSTRUCTION(do_into, "movb $0x7F, %al; incb %al; into")
INSTRUCTION(single_step, "pushfl; orl $0x100, (%esp); popfl; nop; nop")

// Segments: of the kernel, a TSS, null, beyond the GDT, in an LDT
INSTRUCTION(ds_kernel, "movl $0x10, %eax; movw %ax, %ds")
INSTRUCTION(es_kernel_code, "pushl $0x0B; popl %es")
INSTRUCTION(fs_tss, "pushl $0x2B; popl %fs")
INSTRUCTION(gs_beyond, "pushl $0xFFF3; popl %gs")
INSTRUCTION(ds_local, "movl $0x07, %eax; movw %ax, %ds")
INSTRUCTION(ss_null, "xorl %eax, %eax; movw %ax, %ss")
INSTRUCTION(ss_kernel, "pushl $0x10; popl %ss")
INSTRUCTION(ss_code, "pushl $0x1B; popl %ss")

// Far jumps, calls and returns, to the kernel's code, to data, to a TSS
INSTRUCTION(jump_kernel, "ljmp $0x08, $0xF0100000")
INSTRUCTION(jump_kernel3, "ljmp $0x0B, $0xF0100000")
INSTRUCTION(jump_data, "ljmp $0x23, $0x800020")
INSTRUCTION(jump_tss, "ljmp $0x28, $0")
INSTRUCTION(jump_tss3, "ljmp $0x2B, $0")
INSTRUCTION(jump_null, "ljmp $0, $0")
INSTRUCTION(call_kernel, "lcall $0x08, $0xF0100000")
INSTRUCTION(call_beyond, "lcall $0xFFF8, $0")
INSTRUCTION(lret_kernel, "pushl $0x08; pushl $0xF0100000; lret")
INSTRUCTION(lret_null, "pushl $0; pushl $0x800020; lret")
INSTRUCTION(iret_kernel, "pushl $0x10; pushl $0xF0100000; pushfl; "
	"pushl $0x08; pushl $0xF0100000; iret")
INSTRUCTION(iret_data, "pushfl; pushl $0x23; pushl $0x800020; iret")
INSTRUCTION(iret_nested, "pushl $0x4000; popfl; iret")

// A trap while %esp points to no stack of the program
INSTRUCTION(no_stack, "xorl %esp, %esp; pushl %eax")
INSTRUCTION(kernel_stack, "movl $0xEFFFFFC0, %esp; pushl %eax")

static void (*const deadly[])(void) = {
	do_hlt, do_cli, do_sti, do_clts, do_invlpg, do_lgdt, do_lidt,
	do_lldt, do_ltr, do_lmsw, do_rdmsr, do_wrmsr,
	from_cr0, to_cr0, from_cr2, to_cr3, to_cr4, from_dr7, to_dr0,
	do_in, do_inw, do_out, do_outl, do_ins, do_outs,
	do_sysenter, do_syscall, do_sysexit, do_ud2, do_icebp, do_bound,
	do_into, single_step,
	ds_kernel, es_kernel_code, fs_tss, gs_beyond, ds_local, ss_null,
	ss_kernel, ss_code,
	jump_kernel, jump_kernel3, jump_data, jump_tss, jump_tss3, jump_null,
	call_kernel, call_beyond, lret_kernel, lret_null, iret_kernel,
	iret_data, iret_nested, no_stack, kernel_stack,
};

// Privileged, but in QEMU 9.2 to 10 they do nothing in a program, so that the
// child may get past them.
INSTRUCTION(do_invd, "invd")
INSTRUCTION(do_wbinvd, "wbinvd")

static void (*const caches[])(void) = {
	do_invd, do_wbinvd,
};

// These fault if the processor has UMIP
INSTRUCTION(do_sgdt, "sgdt -8(%esp)")
INSTRUCTION(do_sidt, "sidt -8(%esp)")
INSTRUCTION(do_sldt, "sldt %ax")
INSTRUCTION(do_str, "str %ax")
INSTRUCTION(do_smsw, "smsw %ax")

static void (*const telling[])(void) = {
	do_sgdt, do_sidt, do_sldt, do_str, do_smsw,
};

#define CPUID_7_ECX_UMIP	(1 << 2)

static bool
has_umip(void)
{
	uint32_t max = 0, ecx = 0, eflags = read_eflags();

	write_eflags(eflags ^ FL_ID);
	if (((read_eflags() ^ eflags) & FL_ID) != 0)
		cpuid(0, &max, NULL, NULL, NULL);
	if (max >= 7)
		cpuid(7, NULL, NULL, &ecx, NULL);
	return ecx & CPUID_7_ECX_UMIP;
}

// Harmless: popf does not change privileged flags in a program, and unused
// segment registers may be null.
INSTRUCTION(all_flags, "pushfl; pushl $0x003F7ED7; popfl; popfl")
INSTRUCTION(no_flags, "pushfl; pushl $0; popfl; popfl")
INSTRUCTION(null_segments, "xorl %eax, %eax; movw %ax, %fs; movw %ax, %gs")
INSTRUCTION(far_home, "ljmp $0x1B, $1f; 1:")

static void (*const harmless[])(void) = {
	all_flags, no_flags, null_segments, far_home,
};

// ------------------------------------------------------------------ children

// Run an instruction in a child.  Returns whether the child got past it.
static bool
comes_back(void (*instruction)(void))
{
	*came_back = false;

	envid_t child = fork();

	if (child < 0)
		panic("fork: %e", child);
	if (child == 0) {
		sys_env_set_pgfault_upcall(0, NULL);
		instruction();
		*came_back = true;
		exit();
	}
	wait(child);
	return *came_back;
}

// int n; ret, for any n
static uint8_t code[3] __attribute__((aligned(PGSIZE)));

static void
do_int(void)
{
	((void (*)(void)) code)();
}

static bool
for_programs(int vector)
{
	return vector == T_SYSCALL;
}

static void
test_int(void)
{
	// All gates from 52 on are alike, so try only some of them
	for (int vector = 0; vector < 256; vector += vector < 52 ? 1 : 29) {
		code[0] = 0xCD;
		code[1] = vector;
		code[2] = 0xC3;			// ret
		if (comes_back(do_int) != for_programs(vector))
			panic("int $%d: comes back or not, as it should not",
				vector);
	}
}

// --------------------------------------------------------- segment registers

static uint32_t
segments(void)
{
	uint32_t fs, gs;

	__asm__ volatile("movl %%fs, %0; movl %%gs, %1" : "=r" (fs), "=r" (gs));
	return (fs & 0xFFFF) << 16 | (gs & 0xFFFF);
}

// A program does not find another's values in FS and GS.
static void
test_segments(void)
{
	const uint32_t usual = (GD_UD | 3) << 16 | GD_UD | 3;

	for (int i = 0; i < 20; i++) {
		envid_t child = fork();

		if (child == 0) {
			if (segments() != usual)
				panic("FS and GS are %08x", segments());
			for (int turn = 0; turn < 10; turn++) {
				__asm__ volatile("movw %w0, %%fs; "
					"movw %w1, %%gs"
					: : "r" (0), "r" (GD_UT | 3));
				sys_yield();
			}
			exit();
		}
		if (segments() != usual)
			panic("FS and GS became %08x", segments());
		sys_yield();
		if (segments() != usual)
			panic("FS and GS became %08x", segments());
		if (i % 4 == 0)
			wait(child);
	}
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	int r = sys_page_alloc(0, (void *) came_back,
		PTE_P | PTE_U | PTE_W | PTE_SHARE);
	if (r < 0)
		panic("sys_page_alloc: %e", r);
	test_segments();
	for (size_t i = 0; i < ARRAY_SIZE(deadly); i++)
		if (comes_back(deadly[i]))
			panic("number %d of the deadly ones comes back", i);
	for (size_t i = 0; i < ARRAY_SIZE(caches); i++)
		(void) comes_back(caches[i]);
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		if (!comes_back(harmless[i]))
			panic("number %d of the harmless ones is deadly", i);
	for (size_t i = 0; i < ARRAY_SIZE(telling); i++)
		if (comes_back(telling[i]) == has_umip())
			panic("number %d of those that tell about the kernel",
				i);
	test_int();
	cprintf("testinstr ok\n");
}
