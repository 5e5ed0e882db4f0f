// tests/user/crashme.c - runs random code with random registers in children,
// which may harm only themselves.  After an idea of George J Carrette's.
//
// usage: crashme [seed [count [seeds]]]	(count: children)
//
// A child gets pages of code, a stack, an exception stack, a page-fault upcall,
// each of which may be missing or odd, and a trap frame.  Four children run at
// a time; meanwhile the parent gives some another frame, or takes a page away.

#include <tests/user/fuzz.h>

#define CHILDREN	100	// by default; each prints some 600 bytes
#define BATCH		4	// children that run at a time
#define BATCH_TURNS	100	// turns that a batch gets at most
#define CODE_PAGES	2

#define SCRATCH		((uint8_t *) 0x20000000)	// a page to fill
#define CODE		((uint8_t *) 0x00800000)	// in the child
#define STACK		(USTACKTOP - PGSIZE)
#define XSTACK		(UXSTACKTOP - PGSIZE)

// --------------------------------------------------------- random contents

static const uint32_t edges[] = {
	0, 1, 2, 3, 7, 64, 0x7FFFFFFF, 0x80000000, ~0u,
	UTEXT, UTEXT + PGSIZE, UTEXT + CODE_PAGES * PGSIZE - 1,
	STACK, USTACKTOP - 4, USTACKTOP - 2, USTACKTOP,
	XSTACK, XSTACK + 8, XSTACK + 56, UXSTACKTOP - 4,
	UTOP, UVPT, ULIM - 4, ULIM, MMIOLIM, KSTACKTOP - 4,
	KERNBASE, KERNBASE + 0x100000, KERNBASE + 0x100006, ~3u,
};

static uint32_t
random_word(void)
{
	if (one_in(3))
		return random();
	return PICK(edges) + (one_in(4) ? below(9) - 4 : 0);
}

// First bytes of instructions that do more than compute
static const uint8_t odd_code[][4] = {
	{ 0xCD, 0x30 }, { 0xCD, 0x30 }, { 0xCD, 0x30 },	// int
	{ 0xCD, 0x20 }, { 0xCD, 0x0E }, { 0xCD, 0x08 }, { 0xCD, 0x80 },
	{ 0xCD, 0x32 }, { 0xCE }, { 0xCC }, { 0xF1 },
	{ 0x9D }, { 0x9C }, { 0xCF }, { 0xCB },		// popf, iret, lret
	{ 0xFA }, { 0xFB }, { 0xF4 }, { 0xFD }, { 0xFC },	// cli, hlt, std
	{ 0x0F, 0x34 }, { 0x0F, 0x05 }, { 0x0F, 0x0B },	// sysenter, ud2
	{ 0x0F, 0x01 }, { 0x0F, 0x00 }, { 0x0F, 0x06 }, { 0x0F, 0x09 },
	{ 0x0F, 0x20 }, { 0x0F, 0x22 }, { 0x0F, 0x21 }, { 0x0F, 0x23 },
	{ 0x0F, 0x30 }, { 0x0F, 0x32 }, { 0x0F, 0xA2 }, { 0x0F, 0xAE },
	{ 0x8E, 0xD8 }, { 0x8E, 0xC0 }, { 0x8E, 0xE8 }, { 0x8E, 0xD0 },
	{ 0x1F }, { 0x07 }, { 0x17 }, { 0x0F, 0xA9 },	// pop a segment
	{ 0x9A }, { 0xEA }, { 0xFF, 0x1C, 0x24 },	// far call, far jump
	{ 0xEC }, { 0xEE }, { 0x6C }, { 0xF3, 0x6E },	// in, out
	{ 0xC8, 0xFF, 0xFF, 0x1F }, { 0x62 }, { 0x61 }, { 0xC9 },
	{ 0xD9 }, { 0xDB }, { 0xDD }, { 0x9B }, { 0x0F, 0x6F },
	{ 0xF3, 0xA4 }, { 0xF3, 0xAB }, { 0xF2, 0xAE }, { 0xF0, 0x0F, 0xC7 },
	{ 0xEB, 0xF0 }, { 0xE2, 0xF0 }, { 0x89, 0xC4 }, { 0x94 },
	{ 0x66, 0x8E }, { 0x2E, 0x65, 0x36 }, { 0x67, 0xE8 },
};

static void
fill_with_code(uint8_t *code, int size)
{
	for (int i = 0; i < size; ) {
		if (one_in(3) && i + 8 < size) {
			// mov $number, %al; int: a system call
			uint8_t number = below(NSYSCALLS + 2);

			if (one_in(2)) {
				code[i++] = 0x31;	// xor %eax, %eax
				code[i++] = 0xC0;
				code[i++] = 0xB0;
				code[i++] = number;
				code[i++] = 0xCD;
				code[i++] = T_SYSCALL;
				continue;
			}
			const uint8_t *odd = PICK(odd_code);

			do
				code[i++] = *odd++;
			while (*odd && i < size);
		} else
			code[i++] = random();
	}
}

static void
fill_with_words(uint32_t *words)
{
	for (unsigned i = 0; i < PGSIZE / sizeof(*words); i++)
		words[i] = random_word();
}

static struct Trapframe
random_frame(void)
{
	struct Trapframe tf;
	uint32_t *words = (uint32_t *) &tf;

	for (unsigned i = 0; i < sizeof(tf) / sizeof(*words); i++)
		words[i] = random_word();
	if (!one_in(16))
		tf.tf_eip = (uintptr_t) CODE + below(CODE_PAGES * PGSIZE);
	if (!one_in(4))
		tf.tf_esp = STACK + below(PGSIZE / 4) * 4;
	return tf;
}

// ---------------------------------------------------------------- children

// Map the page at SCRATCH into the child, and unmap it here.
static void
give(envid_t child, uintptr_t va, int perm)
{
	int r = sys_page_map(0, SCRATCH, child, (void *) va, perm);

	if (r < 0 || (r = sys_page_unmap(0, SCRATCH)) < 0)
		panic("a page for the child: %e", r);
}

static void
new_page(void)
{
	int r = sys_page_alloc(0, SCRATCH, FUZZ_RW);

	if (r < 0)
		panic("sys_page_alloc: %e", r);
}

static int
random_perm(void)
{
	return one_in(6) ? FUZZ_RO : FUZZ_RW;
}

static void
set_frame(envid_t child)
{
	struct Trapframe tf = random_frame();
	int r = sys_env_set_trapframe(child, &tf);

	if (r < 0 && r != -E_BAD_ENV)
		panic("sys_env_set_trapframe: %e", r);
}

static envid_t
start_child(void)
{
	envid_t child = sys_exofork();

	if (child < 0)
		panic("sys_exofork: %e", child);
	for (int i = 0; i < CODE_PAGES; i++) {
		new_page();
		fill_with_code(SCRATCH, PGSIZE);
		give(child, (uintptr_t) CODE + i * PGSIZE, random_perm());
	}
	if (!one_in(8)) {
		new_page();
		fill_with_words((uint32_t *) SCRATCH);
		give(child, STACK, random_perm());
	}
	if (one_in(2)) {
		new_page();
		give(child, XSTACK, random_perm());
	}
	if (one_in(2)) {
		uint32_t upcall = one_in(3) ? random_word()
			: (uintptr_t) CODE + below(CODE_PAGES * PGSIZE);

		sys_env_set_pgfault_upcall(child, (void *) upcall);
	}
	set_frame(child);

	int r = sys_env_set_status(child, ENV_RUNNABLE);

	if (r < 0)
		panic("sys_env_set_status: %e", r);
	return child;
}

// Make a random call on a child that may be running.
static void
disturb(envid_t child)
{
	int r = 0;

	switch (below(6)) {
	case 0:
		set_frame(child);
		break;
	case 1:
		r = sys_page_unmap(child, CODE);
		break;
	case 2:
		r = sys_page_unmap(child, (void *) STACK);
		break;
	case 3:
		r = sys_env_set_status(child, ENV_NOT_RUNNABLE);
		break;
	default:
		r = sys_env_set_status(child, ENV_RUNNABLE);
	}
	if (r < 0 && r != -E_BAD_ENV)
		panic("a call on a child: %e", r);
}

// Has the child had some turns, or ended?
static bool
had_its_turns(envid_t child)
{
	return is_gone(child) || envs[ENVX(child)].env_runs > 3;
}


static void
run_batch(void)
{
	envid_t children[BATCH];

	for (int i = 0; i < BATCH; i++)
		children[i] = start_child();
	for (int turn = 0; turn < BATCH_TURNS; turn++) {
		int i = below(BATCH);

		if (had_its_turns(children[i]))
			turn += BATCH_TURNS / 16;
		else if (one_in(8))
			disturb(children[i]);
		if (one_in(BATCH_TURNS / 4))
			check_kernel();
		sys_yield();
	}
	for (int i = 0; i < BATCH; i++)
		destroy_and_wait(children[i]);
}

void
umain(int argc, char **argv)
{
	uint32_t total = 0;

	make_table(SCRATCH);
	fuzz_start("crashme", argc, argv, CHILDREN);
	while (fuzz_next()) {
		for (uint32_t n = 0; n < fuzz_count; n += BATCH, total += BATCH)
			run_batch();
		fuzz_check();
		check_used_pages();
	}
	fuzz_end();
	cprintf("%u children\n", total);
	cprintf("crashme ok\n");
}
