// user/check/children.c - sys_exofork, sys_env_set_status, sys_env_destroy and
// sys_env_set_pgfault_upcall: what becomes of children.

#include <inc/mmu.h>

#include <user/check/thread.h>

#define EX7	"lab 4, exercise 7; kern/syscall.c"
#define EX8	"lab 4, exercise 8; kern/syscall.c"
#define EX13	"lab 4, exercise 13; kern/env.c"

// ----------------------------------------------------------------- registers

#define FLAGS	(FL_CF | FL_PF | FL_AF | FL_ZF | FL_SF | FL_OF | FL_DF)

// exofork_full: sys_exofork with known registers; stores the stack pointer in
// full_esp.  Its child never runs.
envid_t exofork_full(void);
extern char full_eip[];
uint32_t full_esp;
__asm__(
"	.text\n"
"exofork_full:\n"
"	pushal\n"
"	pushfl\n"
"	movl %esp, full_esp\n"
"	movl $0xED10ED10, %edi\n"
"	movl $0xE510E510, %esi\n"
"	movl $0xEB90EB90, %ebp\n"
"	movl $0xEB80EB80, %ebx\n"
"	movl $0xED80ED80, %edx\n"
"	movl $0xEC80EC80, %ecx\n"
"	pushl $0xCD5\n"			// FLAGS
"	popfl\n"
"	movl $7, %eax\n"		// SYS_exofork
"	int $0x30\n"
"full_eip:\n"
"	cld\n"
"	movl %eax, 32(%esp)\n"		// what popal puts into eax
"	popfl\n"
"	popal\n"
"	ret\n");
_Static_assert(SYS_exofork == 7 && T_SYSCALL == 0x30, "exofork_full");
_Static_assert(FLAGS == 0xCD5, "exofork_full");

static void
registers(void)
{
	const envid_t id = exofork_full();
	const volatile struct Trapframe *tf = &env_of(id)->env_tf;

	expect(id > 0, "expected the child's id, got %s", result_name(id));
	if (id <= 0)
		return;
	expect(env_of(id)->env_id == id,
		"the result, %08x, is not the id of the child", id);

	struct { const char *name; uint32_t is, want; } regs[] = {
		{ "edi", tf->tf_regs.reg_edi, 0xED10ED10 },
		{ "esi", tf->tf_regs.reg_esi, 0xE510E510 },
		{ "ebp", tf->tf_regs.reg_ebp, 0xEB90EB90 },
		{ "ebx", tf->tf_regs.reg_ebx, 0xEB80EB80 },
		{ "edx", tf->tf_regs.reg_edx, 0xED80ED80 },
		{ "ecx", tf->tf_regs.reg_ecx, 0xEC80EC80 },
		{ "eax", tf->tf_regs.reg_eax, 0 },
		{ "eip", tf->tf_eip, (uint32_t) full_eip },
		{ "esp", tf->tf_esp, full_esp },
		{ "cs", tf->tf_cs, GD_UT | 3 },
		{ "ds", tf->tf_ds, GD_UD | 3 },
		{ "es", tf->tf_es, GD_UD | 3 },
		{ "ss", tf->tf_ss, GD_UD | 3 },
		{ "flags", tf->tf_eflags & FLAGS, FLAGS },
		{ "FL_IF and IOPL", tf->tf_eflags & (FL_IF | FL_IOPL_MASK),
			FL_IF },
	};

	for (size_t i = 0; i < ARRAY_SIZE(regs); i++)
		expect(regs[i].is == regs[i].want, "the child's %s is %08x, "
			"expected %08x", regs[i].name, regs[i].is,
			regs[i].want);
	sys_env_destroy(id);
}

// -------------------------------------------------------------- sys_exofork

static volatile int ran;

static void
run(void)
{
	ran++;
}

static void
new_child(void)
{
	const int free = free_pages();

	sys_env_set_pgfault_upcall(0, (void *) UTEXT);

	const envid_t id = sys_exofork();
	const volatile struct Env *e = env_of(id);

	expect(e->env_status == ENV_NOT_RUNNABLE, "the child has env_status "
		"%u, expected ENV_NOT_RUNNABLE", e->env_status);
	expect(e->env_parent_id == sys_getenvid(), "the child has parent "
		"%08x, expected the caller, %08x", e->env_parent_id,
		sys_getenvid());
	expect(e->env_pgfault_upcall == NULL, "the child has an upcall, %p, "
		"before one is set", e->env_pgfault_upcall);
	expect(!e->env_ipc_recving, "the child is receiving");
	expect(e->env_type == ENV_TYPE_USER, "the child has env_type %d",
		e->env_type);
	expect(sys_page_map(id, (void *) UTEXT, 0, NOPAGE, RO) == -E_INVAL,
		"the child has memory, expected none");
	sys_page_unmap(0, NOPAGE);
	sys_env_set_pgfault_upcall(0, NULL);
	sys_env_destroy(id);
	until_gone(id);
	expect(free_pages() == free, "a child that came and went: %d pages "
		"are free, expected %d", free_pages(), free);
}

static void
does_not_run(void)
{
	ran = 0;

	const envid_t id = thread_make(run);

	for (int i = 0; i < 20; i++)
		sys_yield();
	expect(!ran, "the child runs before sys_env_set_status");
	sys_env_destroy(id);
	until_gone(id);
}

// A slot that is used again has nothing of its last environment.
static void
receive(void)
{
	sys_env_set_pgfault_upcall(0, (void *) UTEXT);
	for (;;)
		call(SYS_ipc_recv, (uint32_t) PAGE, 0, 0, 0, 0);
}

static void
slot_again(void)
{
	const envid_t first = thread_start(receive);

	until_receiving(first);
	sys_env_destroy(first);
	until_gone(first);

	const envid_t second = sys_exofork();
	const volatile struct Env *e = env_of(second);

	look_at("env_alloc", EX13);
	expect(second != first, "a slot that is used again gives the same id");
	if (ENVX(second) == ENVX(first)) {
		expect(e->env_pgfault_upcall == NULL, "a new environment has "
			"the upcall of the last one in its slot");
		expect(!e->env_ipc_recving, "a new environment receives, as "
			"the last one in its slot did");
		expect(call(SYS_ipc_try_send, second, 0, UTOP, 0, 0)
			== -E_IPC_NOT_RECV, "a new environment can be sent to");
	}
	sys_env_destroy(second);
}

static volatile uint32_t flags;

static void
take_flags(void)
{
	__asm__ volatile("pushfl; popl %0" : "=r" (flags));
}

static void
interrupts(void)
{
	look_at("env_alloc", EX13);
	take_flags();
	expect(flags & FL_IF,
		"a program runs with interrupts off: flags %08x lack FL_IF",
		flags);
	expect(!(flags & FL_IOPL_MASK),
		"a program has I/O privilege: flags are %08x", flags);
	flags = 0;
	until_gone(thread_start(take_flags));
	expect(flags & FL_IF, "a child runs with interrupts off");
}

static void
no_free_env(void)
{
	static envid_t all[NENV];
	int n = 0, used = 0, r;

	look_at("sys_exofork", EX7);
	for (int i = 0; i < NENV; i++)
		used += envs[i].env_status != ENV_FREE;
	while ((r = call(SYS_exofork, 0, 0, 0, 0, 0)) > 0 && n < NENV)
		all[n++] = r;
	expect_result("with no slot left", r, -E_NO_FREE_ENV);
	expect(n == NENV - used, "%d environments can be made, expected %d",
		n, NENV - used);
	while (n > 0)
		sys_env_destroy(all[--n]);
}

// ------------------------------------------------------ sys_env_set_status

static volatile int turns;

static void
spin(void)
{
	for (;;) {
		turns++;
		sys_yield();
	}
}

static void
status(void)
{
	turns = 0;

	const envid_t id = thread_make(spin);

	expect_result("ENV_NOT_RUNNABLE, for a child that never ran",
		call(SYS_env_set_status, id, ENV_NOT_RUNNABLE, 0, 0, 0), 0);
	expect_result("ENV_RUNNABLE", call(SYS_env_set_status, id,
		ENV_RUNNABLE, 0, 0, 0), 0);
	expect(until(turns > 0), "ENV_RUNNABLE: the child does not run");
	expect_result("ENV_RUNNABLE again", call(SYS_env_set_status, id,
		ENV_RUNNABLE, 0, 0, 0), 0);
	expect_result("ENV_NOT_RUNNABLE", call(SYS_env_set_status, id,
		ENV_NOT_RUNNABLE, 0, 0, 0), 0);
	expect(env_of(id)->env_status == ENV_NOT_RUNNABLE,
		"ENV_NOT_RUNNABLE: the child has env_status %u",
		env_of(id)->env_status);

	const int then = turns;

	for (int i = 0; i < 20; i++)
		sys_yield();
	expect(turns == then, "ENV_NOT_RUNNABLE: the child runs on");
	sys_env_set_status(id, ENV_RUNNABLE);
	expect(until(turns > then), "a child that was stopped does not run "
		"when it is ENV_RUNNABLE again");

	const int r = call(SYS_env_set_status, id, ENV_FREE, 0, 0, 0);

	expect_result("ENV_FREE", r, -E_INVAL);

	const int before = turns;

	expect(until(turns > before + 2), "after an error, the child no longer "
		"runs: its status has changed");
	sys_env_destroy(id);
	until_gone(id);
}

// A program may start and stop itself.
static volatile int own[2], own_steps;

static void
set_own_status(void)
{
	own[0] = call(SYS_env_set_status, 0, ENV_RUNNABLE, 0, 0, 0);
	own_steps = 1;
	own[1] = call(SYS_env_set_status, sys_getenvid(), ENV_NOT_RUNNABLE, 0,
		0, 0);
	own_steps = 2;
}

static void
own_status(void)
{
	const envid_t id = thread_start(set_own_status);

	until(is_gone(id) || env_of(id)->env_status == ENV_NOT_RUNNABLE);
	expect(own_steps == 1 && !is_gone(id),
		"one that makes itself ENV_NOT_RUNNABLE does not stop");
	call(SYS_env_set_status, id, ENV_RUNNABLE, 0, 0, 0);
	until(is_gone(id));
	expect(own_steps == 2, "one that made itself ENV_NOT_RUNNABLE does not "
		"go on when its parent starts it");
	expect_result("of oneself, ENV_RUNNABLE", own[0], 0);
	expect_result("of oneself, ENV_NOT_RUNNABLE", own[1], 0);
	sys_env_destroy(id);
	until_gone(id);
}

// ------------------------------------------------------- sys_env_destroy

static void
destroy(void)
{
	const int free = free_pages();
	const envid_t id = thread_start(spin);

	look_at("sys_env_destroy", "lab 3, exercise 7; kern/syscall.c");
	until(turns > 0);
	expect_result("of a child", call(SYS_env_destroy, id, 0, 0, 0, 0), 0);
	expect(until_gone(id), "a child that was destroyed is still there");
	expect(free_pages() == free, "of a child: %d pages are free, expected "
		"%d", free_pages(), free);
	expect_result("of a child that has ended", call(SYS_env_destroy, id,
		0, 0, 0, 0), -E_BAD_ENV);
}

// --------------------------------------------- sys_env_set_pgfault_upcall

static void
upcall(void)
{
	static const uint32_t any[] = { UTEXT, 0, 1, KERNBASE, 0xFFFFFFFF,
		0xDEADBEEF, 0 };
	void *const mine = thisenv->env_pgfault_upcall;
	const envid_t id = sys_exofork();

	look_at("sys_env_set_pgfault_upcall", EX8);
	for (size_t i = 0; i < ARRAY_SIZE(any); i++) {
		const int r = call(SYS_env_set_pgfault_upcall, id, any[i], 0,
			0, 0);

		expect_result("for a child", r, 0);

		const uint32_t is = (uint32_t) env_of(id)->env_pgfault_upcall;

		expect(is == any[i], "for a child: expected %08x, "
			"env_pgfault_upcall is %08x", any[i], is);
		expect(env_of(id)->env_status == ENV_NOT_RUNNABLE,
			"for a child: changes its status");
		expect(thisenv->env_pgfault_upcall == mine,
			"for a child: the caller's own upcall has changed");
	}
	sys_env_set_pgfault_upcall(0, (void *) 0x1234);
	expect(thisenv->env_pgfault_upcall == (void *) 0x1234,
		"with id 0: the caller's upcall is not set");
	sys_env_set_pgfault_upcall(sys_getenvid(), NULL);
	expect(thisenv->env_pgfault_upcall == NULL,
		"with the caller's own id: the upcall is not cleared");
	sys_env_set_pgfault_upcall(0, mine);
	sys_env_destroy(id);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	// Page tables for what follows, so that free pages can be counted
	sys_page_alloc(0, LOOK, RW);
	sys_page_alloc(0, PAGE, RW);

	look_at("sys_exofork", EX7);
	registers();
	new_child();
	does_not_run();
	look_at("sys_env_set_status", EX7);
	status();
	own_status();
	destroy();
	upcall();
	slot_again();
	interrupts();
	no_free_env();
	look_no_more();
}
