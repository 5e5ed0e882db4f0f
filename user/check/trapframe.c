// user/check/trapframe.c - looks at sys_env_set_trapframe, and at who may use
// ports.
//
// A child tells its result without a message, for it may not come so far: its
// page-fault upcall, which anybody can read in envs[], is the result, marked.

#include <inc/lib.h>
#include <inc/x86.h>

#include <user/check/check.h>

#define MARK		0xC0DE0000	// of a result in env_pgfault_upcall
#define GONE		0x7FFF		// the result of a child that was ended
#define ARITHMETIC	(FL_CF | FL_PF | FL_AF | FL_ZF | FL_SF | FL_OF | FL_DF)

// Addresses for pages of the caller
#define FIRST		((char *) 0x30000000)
#define SECOND		(FIRST + PGSIZE)

static envid_t child;			// not running, for the frames
static struct Trapframe frame;
static void *pointer;			// for set_at

static const volatile struct Env *
env(envid_t id)
{
	return &envs[ENVX(id)];
}

// ------------------------------------------------------- results of children

static void __attribute__((noreturn))
tell(int r)
{
	sys_env_set_pgfault_upcall(0, (void *) (MARK | (r & 0xFFFF)));
	for (;;)
		sys_yield();
}

static int
result_of(envid_t id)
{
	for (;;) {
		const uint32_t said = (uint32_t) env(id)->env_pgfault_upcall;

		if (env(id)->env_id != id || env(id)->env_status == ENV_FREE)
			return GONE;
		if ((said & 0xFFFF0000) == MARK) {
			sys_env_destroy(id);
			return (int16_t) said;
		}
		sys_yield();
	}
}

// What f returns in a child of ours, or GONE
static int
result_in_child(int (*f)(void))
{
	const envid_t id = fork();

	if (id == 0)
		tell(f());
	if (id < 0)
		panic("fork: %e", id);
	return result_of(id);
}

// ------------------------------------------------------------------ frames

// A frame with another number in each field, and the kernel's segments
static void
make_frame(uint32_t flags)
{
	uint32_t *word = (uint32_t *) &frame;

	for (size_t i = 0; i < sizeof(frame) / sizeof(*word); i++)
		word[i] = 0x11223300 + i;
	frame.tf_cs = GD_KT;
	frame.tf_ds = frame.tf_es = frame.tf_ss = GD_KD;
	frame.tf_eip = UTEXT + 0x123;
	frame.tf_esp = USTACKTOP - 0x456;
	frame.tf_eflags = flags;
}

static void
check_segments(const struct Trapframe *got, const char *how)
{
	expect(got->tf_cs == (GD_UT | 3), "%s: CS is %04x, expected %04x, the "
		"user's with privilege level 3", how, got->tf_cs, GD_UT | 3);
	expect(got->tf_ds == (GD_UD | 3) && got->tf_es == (GD_UD | 3)
		&& got->tf_ss == (GD_UD | 3), "%s: DS, ES and SS are %04x, "
		"%04x and %04x, expected %04x", how, got->tf_ds, got->tf_es,
		got->tf_ss, GD_UD | 3);
}

static void
check_fields(void)
{
	const struct Trapframe *got = (void *) &env(child)->env_tf;
	const struct PushRegs *r = &got->tf_regs, *w = &frame.tf_regs;

	make_frame(FL_IF | ARITHMETIC);
	expect_result("a child that does not run",
		sys_env_set_trapframe(child, &frame), 0);
	expect(r->reg_edi == w->reg_edi && r->reg_esi == w->reg_esi
		&& r->reg_ebp == w->reg_ebp && r->reg_ebx == w->reg_ebx
		&& r->reg_edx == w->reg_edx && r->reg_ecx == w->reg_ecx
		&& r->reg_eax == w->reg_eax,
		"the child's general registers are not those of the frame");
	expect(got->tf_eip == frame.tf_eip, "the child's eip is %08x, "
		"expected %08x", got->tf_eip, frame.tf_eip);
	expect(got->tf_esp == frame.tf_esp, "the child's esp is %08x, "
		"expected %08x", got->tf_esp, frame.tf_esp);
	expect((got->tf_eflags & ARITHMETIC) == ARITHMETIC, "the child's "
		"flags are %08x: carry, zero and the like are lost",
		got->tf_eflags);
	expect(env(child)->env_status == ENV_NOT_RUNNABLE,
		"changes the status of the child");
	check_segments(got, "a frame with the kernel's segments");

	make_frame(FL_IF);
	frame.tf_cs = GD_UD | 3;
	frame.tf_ds = frame.tf_es = frame.tf_ss = GD_UT | 3;
	sys_env_set_trapframe(child, &frame);
	check_segments(got, "a frame with the user's segments mixed up");
	expect(!(got->tf_eflags & ARITHMETIC), "the child's flags are %08x, "
		"and the frame has none of them", got->tf_eflags);
}

static void
check_flags(void)
{
	static const uint32_t flags[] = { 0, FL_IF, FL_IOPL_1, FL_IOPL_2,
		FL_IOPL_3, FL_IF | FL_IOPL_3, FL_CF };

	for (uint32_t i = 0; i < ARRAY_SIZE(flags); i++) {
		uint32_t got;

		make_frame(flags[i]);
		sys_env_set_trapframe(child, &frame);
		got = env(child)->env_tf.tf_eflags;
		expect(got & FL_IF, "a frame with flags %08x: the child has "
			"interrupts off, expected FL_IF to be set", flags[i]);
		expect(!(got & FL_IOPL_MASK), "a frame with flags %08x: the "
			"child gets IOPL %d, expected 0", flags[i],
			(got & FL_IOPL_MASK) / FL_IOPL_1);
	}
}

// A frame need not be where the caller can write.
static int
set_read_only(void)
{
	sys_page_alloc(0, FIRST, PTE_P | PTE_U | PTE_W);
	memcpy(FIRST, &frame, sizeof(frame));
	sys_page_map(0, FIRST, 0, FIRST, PTE_P | PTE_U);

	const envid_t id = sys_exofork();

	if (id == 0)
		exit();
	return sys_env_set_trapframe(id, (struct Trapframe *) FIRST);
}

// Call it with `pointer`, for a child.
static int
set_at(void)
{
	const envid_t id = sys_exofork();

	if (id == 0)
		exit();
	return sys_env_set_trapframe(id, pointer);
}

static void
check_pointers(void)
{
	static const struct {
		const char *what;
		uintptr_t va;
	} bad[] = {
		{ "NULL", 0 },
		{ "of the kernel", KERNBASE + 0x100000 },
		{ "of the kernel's stack", KSTACKTOP - 256 },
		{ "that reaches from a page into one that is not mapped",
			(uintptr_t) SECOND + PGSIZE - 20 },
		{ "whose last byte is not mapped", (uintptr_t) SECOND + PGSIZE
			- sizeof(struct Trapframe) + 1 },
		{ "whose first bytes are not mapped", (uintptr_t) SECOND - 4 },
		{ "that wraps around", 0xFFFFFFF0 },
	};

	make_frame(FL_IF);
	expect_result("a frame that the caller may only read",
		result_in_child(set_read_only), 0);
	sys_page_alloc(0, SECOND, PTE_P | PTE_U | PTE_W);
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		pointer = (void *) bad[i].va;
		const int r = result_in_child(set_at);

		expect(r == GONE || r == -E_FAULT, "a frame at %08x, an "
			"address %s: expected the end of the caller, got %s",
			bad[i].va, bad[i].what, result_name(r));
	}
	pointer = SECOND + PGSIZE - sizeof(frame);
	memcpy(pointer, &frame, sizeof(frame));
	expect_result("a frame at the end of a page", result_in_child(set_at),
		0);
	sys_page_unmap(0, SECOND);
}

// ------------------------------------------------------------ environments

// As a child: the parent's registers are what they are.
static int
set_parent(void)
{
	const envid_t parent = thisenv->env_parent_id;

	while (env(parent)->env_status == ENV_RUNNING)
		sys_yield();
	memcpy(&frame, (void *) &env(parent)->env_tf, sizeof(frame));
	return sys_env_set_trapframe(parent, &frame);
}

static void
check_ids(void)
{
	const envid_t stale = fork();

	if (stale == 0)
		exit();
	wait(stale);

	const struct {
		const char *what;
		envid_t id;
	} bad[] = {
		{ "an environment that has ended", stale },
		{ "an id that no environment has had", child + 0x100000 },
		{ "a negative id", -1 },
	};

	make_frame(FL_IF);
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++)
		expect_result(bad[i].what, sys_env_set_trapframe(bad[i].id,
			&frame), -E_BAD_ENV);
	expect_result("the caller's parent", result_in_child(set_parent),
		-E_BAD_ENV);
}

// ------------------------------------------------------------------ effect

static char stack[PGSIZE] __attribute__((aligned(16)));

static uint16_t
read_cs(void)
{
	uint16_t cs;

	__asm__("movw %%cs, %0" : "=rm" (cs));
	return cs;
}

// Where a frame leads to
static void __attribute__((noreturn))
landed(void)
{
	const uint32_t flags = read_eflags();

	tell(!(flags & FL_IF) ? 1 : flags & FL_IOPL_MASK ? 2
		: (read_cs() & 3) != 3 ? 3 : 0);
}

static void
frame_to_landed(void)
{
	make_frame(FL_IOPL_3);
	frame.tf_eip = (uintptr_t) landed;
	frame.tf_esp = (uintptr_t) stack + sizeof(stack) - 64;
}

static int
set_own(void)
{
	frame_to_landed();
	return sys_env_set_trapframe(0, &frame) | 0x1000;
}

static void
check_landing(const char *whose, int r)
{
	static const char *const wrongs[] = { "", "interrupts are off",
		"it has I/O privilege", "its privilege level is not 3" };

	expect(r >= 0 && r < 4, "%s registers were set: it does not go on at "
		"the frame's eip", whose);
	expect(r <= 0 || r > 3, "%s registers were set: %s where it goes on",
		whose, wrongs[r & 3]);
}

static void
check_effect(void)
{
	envid_t id;

	check_landing("the caller's own", result_in_child(set_own));
	if ((id = fork()) == 0)
		for (;;)
			pause();
	sys_yield();
	frame_to_landed();
	expect_result("a child that runs", sys_env_set_trapframe(id, &frame),
		0);
	check_landing("a running child's", result_of(id));
}

// ------------------------------------------------------------- exercise 1

static void
check_privilege(void)
{
	const uint32_t flags = read_eflags();
	const envid_t server = ipc_find_env(ENV_TYPE_FS);

	look_at("env_create", "lab 5, exercise 1; kern/env.c");
	expect(!(flags & FL_IOPL_MASK), "a program that is not the file server "
		"has IOPL %d", (flags & FL_IOPL_MASK) / FL_IOPL_1);
	expect(flags & FL_IF, "a program runs with interrupts off");
	expect(thisenv->env_type == ENV_TYPE_USER,
		"a program's env_type is not ENV_TYPE_USER");
	expect(server != 0, "there is no file server: its env_type must be "
		"ENV_TYPE_FS, and its IOPL 3, or its first instruction that "
		"uses a port ends it");
	if (server == 0)
		return;

	const uint32_t saved = env(server)->env_tf.tf_eflags;

	expect((saved & FL_IOPL_MASK) == FL_IOPL_3, "the file server has IOPL "
		"%d, expected 3", (saved & FL_IOPL_MASK) / FL_IOPL_1);
	expect(saved & FL_IF, "the file server runs with interrupts off: add "
		"IOPL to its flags, do not replace them");
}

void
umain(int argc, char **argv)
{
	USED(argc);
	USED(argv);
	check_privilege();

	look_at("sys_env_set_trapframe", "lab 5, exercise 7; kern/syscall.c");
	if ((child = sys_exofork()) < 0)
		panic("sys_exofork: %e", child);
	if (child == 0)
		exit();
	check_fields();
	check_flags();
	check_ids();
	check_pointers();
	check_effect();
	sys_env_destroy(child);
	look_no_more();
}
