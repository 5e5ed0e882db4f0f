// user/check/checkuser.c - what a program of lab 3 sees of the kernel: how it
// was loaded, the windows that it may read, and system calls.

#include <inc/x86.h>

#include <user/check/check.h>

// ------------------------------------------------------------------- loading

#define WORDS		3000

static uint32_t data[WORDS] = {
	[0] = 0x11111111, [1023] = 0x22222222, [1024] = 0x33333333,
	[WORDS - 1] = 0x44444444,
};
static uint32_t bss[5 * WORDS];
static const uint32_t constants[WORDS] = { [WORDS - 1] = 0x55555555 };

static void
check_loading(void)
{
	const volatile uint32_t *const d = data, *const b = bss;
	int wrong_data = 0, wrong_bss = 0;

	look_at("load_icode", "lab 3, exercise 2; kern/env.c");
	for (int i = 0; i < WORDS; i++)
		wrong_data += d[i] != (i == 0 ? 0x11111111
			: i == 1023 ? 0x22222222 : i == 1024 ? 0x33333333
			: i == WORDS - 1 ? 0x44444444 : 0);
	expect(wrong_data == 0, "%d words of an array of initialised data are "
		"wrong", wrong_data);
	expect(((const volatile uint32_t *) constants)[WORDS - 1]
		== 0x55555555, "a constant is wrong");
	for (int i = 0; i < 5 * WORDS; i++)
		wrong_bss += b[i] != 0;
	expect(wrong_bss == 0, "%d words of uninitialised data are not 0: is "
		"what lies between p_filesz and p_memsz cleared?", wrong_bss);

	look_at("env_alloc", "lab 3, exercise 2; kern/env.c");
	uint16_t cs, ds, es, ss;
	__asm__ volatile("movw %%cs, %0; movw %%ds, %1; movw %%es, %2; "
		"movw %%ss, %3" : "=r" (cs), "=r" (ds), "=r" (es), "=r" (ss));
	expect(cs == (GD_UT | 3) && ds == (GD_UD | 3) && es == (GD_UD | 3)
		&& ss == (GD_UD | 3), "a program should begin with cs %04x and "
		"%04x in ds, es and ss; they are %04x, %04x, %04x, %04x",
		GD_UT | 3, GD_UD | 3, cs, ds, es, ss);
	expect(!(read_eflags() & FL_IOPL_MASK), "a program should have no I/O "
		"privilege; its flags are %08x", read_eflags());
}

// ------------------------------------------------------------- address space

static void
expect_own(const char *what, const void *va)
{
	const uintptr_t a = (uintptr_t) va;
	const int all = PTE_P | PTE_U | PTE_W;

	expect(page_is_mapped(va), "%s, at %08x, should be in the page tables "
		"that the program sees at UVPT", what, a);
	if (!page_is_mapped(va))
		return;
	expect((uvpt[PGNUM(a)] & uvpd[PDX(a)] & all) == all, "%s, at %08x, "
		"should have PTE_P, PTE_U and PTE_W; the entry is %08x, and "
		"that of its table %08x", what, a, uvpt[PGNUM(a)],
		uvpd[PDX(a)]);
	expect(pages[PGNUM(uvpt[PGNUM(a)])].pp_ref == 1, "%s: the page should "
		"have one reference, and has %d", what,
		pages[PGNUM(uvpt[PGNUM(a)])].pp_ref);
	expect(pages[PGNUM(uvpd[PDX(a)])].pp_ref == 1, "%s: the page table "
		"should have one reference, and has %d", what,
		pages[PGNUM(uvpd[PDX(a)])].pp_ref);
}

static void
check_address_space(void)
{
	int local;

	look_at("env_setup_vm", "lab 3, exercise 2; kern/env.c");
	const pde_t self = uvpd[PDX(UVPT)];
	expect((self & (PTE_P | PTE_U | PTE_W)) == (PTE_P | PTE_U),
		"the directory entry of UVPT should have PTE_P and PTE_U, and "
		"not PTE_W; it is %08x", self);
	expect(PTE_ADDR(self) == (uintptr_t) thisenv->env_pgdir - KERNBASE,
		"the directory entry of UVPT should name the environment's own "
		"directory, %08x; it is %08x",
		(uintptr_t) thisenv->env_pgdir - KERNBASE, self);
	expect(pages[PGNUM(self)].pp_ref == 1, "the page directory should have "
		"one reference, and has %d", pages[PGNUM(self)].pp_ref);

	look_at("region_alloc, load_icode", "lab 3, exercise 2; kern/env.c");
	expect_own("code", umain);
	expect_own("initialised data", data);
	expect_own("the last page of the bss", (char *) (bss + 5 * WORDS) - 1);
	expect_own("the stack", &local);
	expect(!page_is_mapped((void *) USTACKTOP)
		&& !page_is_mapped((void *) USTACKTOP - 2 * PGSIZE)
		&& !page_is_mapped((void *) UXSTACKTOP - PGSIZE),
		"the stack should be one page, below USTACKTOP");
	expect(!page_is_mapped(NULL), "nothing should be mapped at 0");

	look_at("mem_init", "lab 3, exercise 1; kern/pmap.c");
	expect((uvpt[PGNUM(UENVS)] & (PTE_P | PTE_U | PTE_W))
		== (PTE_P | PTE_U), "UENVS should have PTE_P and PTE_U; its "
		"entry is %08x", uvpt[PGNUM(UENVS)]);
	for (int i = 0; i < NENV; i++)
		if (&envs[i] != thisenv && envs[i].env_status == ENV_FREE) {
			expect(envs[i].env_id == 0, "the id of a slot that was "
				"never used should be 0; that of envs[%d] is "
				"%08x", i, envs[i].env_id);
			break;
		}
	expect(envs[NENV - 1].env_status == ENV_FREE, "envs[%d] should be "
		"free: is envs[] mapped in whole?", NENV - 1);
	expect(envs[NENV - 1].env_runs == 0
		&& envs[NENV - 1].env_tf.tf_eip == 0,
		"envs[] should be filled with zeros at first");
}

// --------------------------------------------------------------- environment

static void
check_environment(void)
{
	const envid_t id = sys_getenvid();

	look_at("libmain", "lab 3, exercise 8; lib/libmain.c");
	expect(thisenv == &envs[ENVX(id)], "thisenv should be the address of "
		"envs[%d], %08x, and is %08x", ENVX(id),
		(uintptr_t) &envs[ENVX(id)], (uintptr_t) thisenv);
	if (thisenv != &envs[ENVX(id)])
		thisenv = &envs[ENVX(id)];

	look_at("sys_getenvid, syscall", "lab 3, exercise 7; kern/syscall.c");
	expect(thisenv->env_id == id, "sys_getenvid should return %08x, and "
		"returns %08x", thisenv->env_id, id);

	look_at("env_run", "lab 3, exercise 2; kern/env.c");
	for (int i = 0; i < 5; i++)
		sys_getenvid();
	expect(thisenv->env_runs == 1, "env_runs should count how often the "
		"environment was switched to, once; it is %u",
		thisenv->env_runs);
	expect(thisenv->env_status == ENV_RUNNING, "env_status should be "
		"ENV_RUNNING, and is %u", thisenv->env_status);
}

// -------------------------------------------------------------- system calls

uint32_t check_got[10];			// read after a system call

// Do all registers survive a trap?  eax has the result of a system call; the
// monitor continues after a breakpoint, and eax stays.
#define CHECK_REGISTERS(trap, eax)					\
	__asm__ volatile(						\
		"pushal\n\t"						\
		"movl $0x1b, %%eax; movw %%ax, %%es\n\t"		\
		"movl $0xd1d1d1d0, %%edi; movl $0xd1d1d1d1, %%esi\n\t"	\
		"movl $0xd1d1d1d2, %%ebp; movl $0xd1d1d1d3, %%ebx\n\t"	\
		"movl $0xd1d1d1d4, %%edx; movl $0xd1d1d1d5, %%ecx\n\t"	\
		"movl %%esp, check_got+36\n\t"				\
		"movl %0, %%eax; stc; std\n\t"				\
		trap "\n\t"						\
		"movl %%edi, check_got; movl %%esi, check_got+4\n\t"	\
		"movl %%ebp, check_got+8; movl %%ebx, check_got+12\n\t"	\
		"movl %%edx, check_got+16; movl %%ecx, check_got+20\n\t" \
		"movl %%eax, check_got+24; pushfl; popl check_got+28\n\t" \
		"cld; movw %%es, check_got+32; movw %%ds, check_got+34\n\t" \
		"subl %%esp, check_got+36\n\t"				\
		"movl $0x23, %%eax; movw %%ax, %%es; movw %%ax, %%ds\n\t" \
		"popal"							\
		: : "i" (eax), "i" (T_SYSCALL) : "memory", "cc")

static void
expect_registers(const char *trap, uint32_t eax)
{
	static const char *const names[] = {
		"edi", "esi", "ebp", "ebx", "edx", "ecx"
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(names); i++)
		expect(check_got[i] == 0xd1d1d1d0 + i, "%s should leave %s at "
			"%08x, and it is %08x", trap, names[i],
			0xd1d1d1d0 + i, check_got[i]);
	expect(check_got[6] == eax, "after %s, eax should be %08x, and is %08x",
		trap, eax, check_got[6]);
	expect((check_got[7] & (FL_CF | FL_DF)) == (FL_CF | FL_DF),
		"%s should leave the flags; they are %08x", trap,
		check_got[7]);
	expect(check_got[8] == ((GD_UD | 3) << 16 | GD_UT | 3), "%s should "
		"leave es %04x and ds %04x; they are %04x and %04x", trap,
		GD_UT | 3, GD_UD | 3, check_got[8] & 0xffff,
		check_got[8] >> 16);
	expect(check_got[9] == 0, "%s moves esp", trap);
}

static void
check_registers(void)
{
	look_at("_alltraps, trap_dispatch", "lab 3, exercises 4 and 7; "
		"kern/trapentry.S, kern/trap.c");
	CHECK_REGISTERS("int %1", SYS_getenvid);
	expect_registers("a system call", thisenv->env_id);
	CHECK_REGISTERS("int3", SYS_getenvid);
	expect_registers("a breakpoint", SYS_getenvid);
}

static void
check_calls(void)
{
	static char text[400];
	const uint32_t unknown[] = {
		14, NSYSCALLS, NSYSCALLS + 1, 1000, 0x7fffffff, 0x80000000,
		0xffffffff,
	};

	look_at("syscall", "lab 3, exercise 7; kern/syscall.c");
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
		const int r = call(unknown[i], 0, 0, 0, 0, 0);

		expect(r == -E_INVAL, "call %u, which there is not, should "
			"return -E_INVAL, and returns %d", unknown[i], r);
	}
	expect_result("sys_cgetc without input", sys_cgetc(), 0);
	expect_result("sys_env_destroy of an id that nobody has",
		sys_env_destroy(0x7fffffff), -E_BAD_ENV);
	expect_result("sys_env_destroy of an earlier generation",
		sys_env_destroy(ENVX(thisenv->env_id) + NENV), -E_BAD_ENV);
	expect_result("sys_env_destroy of a later generation",
		sys_env_destroy(thisenv->env_id + 4 * NENV), -E_BAD_ENV);

	look_at("sys_cputs, syscall", "lab 3, exercises 7 and 9; "
		"kern/syscall.c");
	expect_result("sys_cputs", call(SYS_cputs,
		(uint32_t) "these bytes and\nno others\n", 16, 0, 0, 0), 0);
	for (int i = 0; i < 399; i++)
		text[i] = i % 40 == 39 ? '\n' : 'a' + i / 40;
	expect_result("sys_cputs of 399 bytes",
		call(SYS_cputs, (uint32_t) text, 399, 0, 0, 0), 0);
	cprintf("\n");
	expect_result("sys_cputs of no bytes",
		call(SYS_cputs, 0, 0, 0, 0, 0), 0);
	expect_result("sys_cputs of no bytes of the kernel",
		call(SYS_cputs, KERNBASE, 0, 0, 0, 0), 0);
	expect_result("sys_cputs of what a program may only read",
		call(SYS_cputs, UENVS + offsetof(struct Env, env_runs) + 3, 1,
			0, 0, 0), 0);
	cprintf("\n");
}

// Five arguments: a call of lab 4, if the kernel has it
static void
check_arguments(void)
{
	char *const from = UTEMP, *const to = UTEMP + 5 * PGSIZE;

	look_at("trap_dispatch", "lab 3, exercise 7; kern/trap.c");
	if (sys_page_unmap(0, from) < 0)
		return;

	int r = sys_page_alloc(0, from, PTE_P | PTE_U | PTE_W);

	expect(r == 0, "should pass the third argument of a system call; "
		"sys_page_alloc returns %d", r);
	if (r < 0)
		return;
	from[5] = 'x';
	r = sys_page_map(0, from, 0, to, PTE_P | PTE_U);
	expect(r == 0 && page_is_mapped(to)
		&& !(uvpt[PGNUM(to)] & PTE_W) && to[5] == 'x',
		"should pass all five arguments of a system call, in order; "
		"sys_page_map returns %d", r);
	sys_page_unmap(0, from);
	sys_page_unmap(0, to);
}

#define NTYPED		10

// Nobody but sys_cgetc takes what is typed meanwhile.
static void
check_input(void)
{
	int taken = 0;

	cprintf("type %d x: ", NTYPED);
	look_at("syscall", "lab 3, exercise 7; kern/syscall.c");
	for (int n = 0; n < NTYPED; ) {
		const int r = call(SYS_cputs, (uint32_t) "", 0, 0, 0, 0);

		taken += r == 'x';
		n += (r == 'x') + (sys_cgetc() == 'x');
	}
	expect(taken == 0, "sys_cputs should return 0, and returned what was "
		"typed: does its case go on into that of sys_cgetc?");
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	check_environment();
	check_loading();
	check_address_space();
	check_registers();
	check_calls();
	check_input();
	check_arguments();
	look_no_more();
}
