// tests/user/testregs.c - no value in a program's registers, or in those of a
// child, harms the kernel or gives the program a privilege.

#include <inc/lib.h>

#define ROUNDS	20000

// Make a system call with this %ebp, and with these flags set, too.
static envid_t
getenvid_with(uint32_t ebp, uint32_t flags)
{
	envid_t id = SYS_getenvid;

	__asm__ volatile(
		"pushl %%ebp\n\t"
		"pushfl\n\t"		// to restore afterwards
		"pushfl\n\t"
		"orl %2, (%%esp)\n\t"
		"movl %1, %%ebp\n\t"
		"popfl\n\t"
		"int %3\n\t"
		"popfl\n\t"
		"popl %%ebp"
		: "+a" (id)
		: "r" (ebp), "r" (flags), "i" (T_SYSCALL)
		: "cc", "memory");
	return id;
}

// A backtrace follows the program's chain of frame pointers.  The kernel must
// not follow it to unmapped memory, to devices, or beyond the end of memory.
static void
test_frame_pointer(void)
{
	static const uint32_t odd[] = {
		0, 1, 4, USTACKTOP, UTOP - 2, ULIM - 4, ULIM, ULIM + 0x20000,
		MMIOLIM - 4, MMIOLIM, KSTACKTOP - KSTKSIZE - 4, KSTACKTOP - 8,
		KSTACKTOP - 7, KSTACKTOP - 4, KSTACKTOP, ~6u, ~3u, ~0u,
	};

	for (size_t i = 0; i < ARRAY_SIZE(odd); i++)
		if (getenvid_with(odd[i], 0) != thisenv->env_id)
			panic("a call with ebp %08x failed", odd[i]);
}

static void
test_flags(void)
{
	static const uint32_t odd[] = {
		FL_DF, FL_NT, FL_AC, FL_RF, FL_VM, FL_IOPL_3, FL_VIF, FL_VIP,
		~(uint32_t) FL_TF,
	};

	for (size_t i = 0; i < ARRAY_SIZE(odd); i++)
		if (getenvid_with(0, odd[i]) != thisenv->env_id)
			panic("a call with flags %08x failed", odd[i]);
}

// Each of these may end the program that does it, and no other.
static void
single_step(void)
{
	getenvid_with(0, FL_TF);
}

static void
return_to_nested_task(void)
{
	__asm__ volatile("pushl %0; popfl; iret" : : "i" (FL_NT));
}

// Try to enter virtual-8086 mode by iret.  On the stack are the segments for
// that mode, %ss, %esp, flags, %cs and %eip.
static void
become_8086(void)
{
	sys_env_set_pgfault_upcall(0, NULL);	// a fault ends the program
	__asm__ volatile(
		"pushl %1; pushl %1; pushl %1; pushl %1; pushl %1\n\t"
		"pushl $0x8000; pushl %0; pushl %1; pushl $0x100; iret"
		: : "i" (FL_VM | FL_IF | FL_IOPL_3), "i" (0x1234));
}

static void
debug_trap(void)
{
	__asm__ volatile(".byte 0xF1");
}

static void
other_ways_in(void)
{
	__asm__ volatile("sysenter");
}

static envid_t
start(void (*program)(void))
{
	envid_t child = fork();

	if (child < 0)
		panic("fork: %e", child);
	if (child == 0) {
		program();
		exit();
	}
	return child;
}

static void
test_deadly(void)
{
	wait(start(single_step));
	wait(start(return_to_nested_task));
	wait(start(become_8086));
	wait(start(debug_trap));
	wait(start(other_ways_in));
}

// The code that set_registers lets a child run.
static void
where_am_i(void)
{
	uint32_t cs;

	__asm__ volatile("movl %%cs, %0" : "=r" (cs));
	if ((cs & 3) != 3)
		__asm__ volatile("1: cli; jmp 1b");	// the attack worked
	for (;;)
		sys_getenvid();
}

static void
call_for_ever(void)
{
	for (;;)
		sys_getenvid();
}

// Give a running child a trap frame of kernel mode, again and again.
static void
test_trapframe(void)
{
	struct Trapframe tf = {
		.tf_eip = (uintptr_t) where_am_i,
		.tf_cs = GD_KT, .tf_ds = GD_KD, .tf_es = GD_KD, .tf_ss = GD_KD,
		.tf_esp = USTACKTOP - 2048,
		.tf_eflags = FL_IOPL_3,
	};
	envid_t child = start(call_for_ever);

	for (int i = 0; i < ROUNDS; i++) {
		int r = sys_env_set_trapframe(child, &tf);

		if (r < 0)
			panic("sys_env_set_trapframe: %e", r);
		if (i % 64 == 0)
			sys_yield();
	}
	sys_env_destroy(child);
	wait(child);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	test_frame_pointer();
	test_flags();
	test_deadly();
	test_trapframe();
	cprintf("testregs ok\n");
}
