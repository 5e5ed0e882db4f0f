// user/sysfuzz.c - random system calls with arguments at the edges of what
// makes sense: each works or says what is wrong, and harms nobody else.
//
// usage: sysfuzz [seed [count [seeds]]]	(count: rounds of some 250 calls)
//
// In a round, a herder makes some wild children and, while they run, makes
// calls that are about them.  A wild child makes the calls of a script that
// its herder wrote, whatever they do to it, until it ends or is ended.  First
// we are the only herder, then there are several, for as many CPUs.
//
// After each round the herder looks at its own memory: a page that is still
// its own, but that somebody else writes to, does not keep what is in it.

#include <user/fuzz.h>

#define ROUNDS		20		// by default
#define HERDERS		3
#define WILD		2		// children at a time
#define OUTSIDE_CALLS	60		// of the herder, a round
#define PATIENCE	30		// turns that we wait for children

struct Call {
	uint32_t number;
	uint32_t arg[5];
};

// What a wild child reads from; its herder can see how far it has come.
#define MAXCALLS	((PGSIZE - 4) / sizeof(struct Call))

struct Script {
	volatile uint32_t done;
	struct Call call[MAXCALLS];
};

_Static_assert(sizeof(struct Script) <= PGSIZE, "one page");

// The herder's own pages
#define SCRIPT(i)	((struct Script *) (0x20000000 + (i) * PGSIZE))
#define SCRATCH		((uint32_t *) 0x20010000)
#define TREASURE	((uint32_t *) 0x20020000)	// nobody else gets it
#define ARENA		0x21000000	// calls may change these, as they like
#define ARENA_PAGES	8
#define NO_TABLE	0x28000000	// nothing for 4 MiB around

// Calls made by each herder, and by its children
#define COUNTERS	((volatile uint32_t *) 0x20030000)
static int self;			// which herder we are

// A wild child's script, where few calls go, or it would not get far.  It also
// has a stack, pages in the arena and, read-only, the code that it runs.
#define WILD_SCRIPT	((struct Script *) (ARENA + 64 * PGSIZE))

// ----------------------------------------------------------- wild children

static inline __attribute__((always_inline)) int
raw_call(const struct Call *c)
{
	int result;

	__asm__ volatile("int %1"
		: "=a" (result)
		: "i" (T_SYSCALL), "a" (c->number), "d" (c->arg[0]),
		  "c" (c->arg[1]), "b" (c->arg[2]), "D" (c->arg[3]),
		  "S" (c->arg[4])
		: "cc", "memory");
	return result;
}

// Where a wild child starts.  It may change no variable of ours, and has of
// our program this function only.
#define WILD_SIZE	256		// bytes, at most

static void
wild(void)
{
	struct Script *s = WILD_SCRIPT;

	for (uint32_t i = 0; i < MAXCALLS; i++) {
		s->done = i + 1;
		raw_call(&s->call[i]);
	}
	for (;;)
		raw_call(&s->call[MAXCALLS - 1]);
}

// --------------------------------------------------------------- arguments

static envid_t wild_children[WILD];

static const uint32_t edges[] = {
	0, PGSIZE, USTABDATA, (uintptr_t) UTEMP, (uintptr_t) PFTEMP, UTEXT,
	ARENA, ARENA, ARENA, ARENA + PGSIZE, ARENA + 2 * PGSIZE,
	ARENA + 3 * PGSIZE, ARENA + 4 * PGSIZE, ARENA + 5 * PGSIZE,
	ARENA + ARENA_PAGES * PGSIZE, NO_TABLE, NO_TABLE - PGSIZE,
	USTACKTOP - 2 * PGSIZE, USTACKTOP - PGSIZE, USTACKTOP,
	UXSTACKTOP - PGSIZE, UTOP, UTOP + PGSIZE, UENVS + PTSIZE - PGSIZE,
	UPAGES, UPAGES + PTSIZE - PGSIZE, UVPT, UVPT + (UVPT >> 10),
	UVPT + (UTEXT >> 10), ULIM - PGSIZE, ULIM, MMIOLIM,
	KSTACKTOP - KSTKSIZE, KERNBASE, KERNBASE + EXTPHYSMEM, ~0u << PGSHIFT,
};

static uint32_t
random_va(void)
{
	if (one_in(16))
		return random();

	uint32_t va = PICK(edges);

	if (one_in(16))
		va += below(2 * PGSIZE) - PGSIZE;
	return one_in(8) ? va + below(9) - 4 : va;
}

static uint32_t
arena_va(void)
{
	return ARENA + below(ARENA_PAGES) * PGSIZE;
}

static uint32_t
random_perm(void)
{
	static const uint32_t odd[] = {
		0, PTE_P, PTE_U, PTE_P | PTE_W, PTE_U | PTE_W,
		FUZZ_RW | PTE_PWT, FUZZ_RW | PTE_PCD, FUZZ_RW | PTE_A,
		FUZZ_RW | PTE_D, FUZZ_RW | PTE_PS, FUZZ_RO | PTE_G,
		FUZZ_RO | 0x1000, FUZZ_RW | 0x80000000, ~0u,
		FUZZ_RW | PTE_SHARE, FUZZ_RO | PTE_COW, FUZZ_RW | PTE_AVAIL,
	};

	if (one_in(4))
		return one_in(4) ? random() : PICK(odd);
	return one_in(3) ? FUZZ_RO : FUZZ_RW;
}

// Ours or any other that was there when we looked, or an impossible one.
static uint32_t
random_envid(void)
{
	const int which = below(8);

	// Others are not prepared for messages from just anybody
	if (fuzz_in_company && (which == 1 || which == 2))
		return -1;
	switch (which) {
	case 0:
		return random();
	case 1:
		return envs[below(NENV)].env_id;
	case 2:
		return envs[below(16)].env_id;
	case 3:
		return PICK(wild_children) + (below(3) - 1) * NENV;
	case 4:
		return one_in(2) ? sys_getenvid() : -1;
	case 5:
		return PICK(wild_children);
	default:
		return 0;
	}
}

// A length that does not fill the screen: little, or too much for any page.
static uint32_t
random_length(void)
{
	if (one_in(2))
		return below(4);
	return one_in(4) ? ~0u - below(2 * PGSIZE)
		: 0x01000000 * (1 + below(255));
}

// Requests that make no sense to the file server, or change no file.
static uint32_t
random_request(void)
{
	static const uint32_t harmless[] = {
		0, FSREQ_READ, FSREQ_STAT, FSREQ_FLUSH, FSREQ_STAT, ~0u,
	};

	return PICK(harmless);
}

static uint32_t
random_status(void)
{
	return one_in(3) ? below(8) - 1 : one_in(8) ? random()
		: ENV_RUNNABLE + 2 * below(2);
}

// What ends the caller or makes it sleep should be seldom.
static uint32_t
random_callno(void)
{
	static const uint32_t lively[] = {
		SYS_page_alloc, SYS_page_map, SYS_page_map, SYS_page_unmap,
		SYS_env_set_status, SYS_env_set_pgfault_upcall,
		SYS_ipc_try_send, SYS_ipc_send, SYS_env_set_trapframe,
	};

	if (one_in(64))
		return random() | 0x100;
	return one_in(4) ? below(NSYSCALLS + 2) : PICK(lively);
}

// One whose arguments fit its number, more or less.
static struct Call
random_call(void)
{
	struct Call c = { .number = random_callno() };
	uint32_t *arg = c.arg;

	for (int i = 0; i < 5; i++)
		arg[i] = one_in(2) ? random_va() : random();

	switch (c.number) {
	case SYS_cputs:
		arg[1] = random_length();
		if (!one_in(8))
			arg[1] = 0;
		break;
	case SYS_env_destroy:
		arg[0] = random_envid();
		if (!one_in(16))
			arg[0] = -1;
		break;
	case SYS_page_alloc:
		arg[0] = random_envid();
		arg[1] = random_va();
		arg[2] = random_perm();
		break;
	case SYS_page_map:
		arg[0] = random_envid();
		arg[1] = random_va();
		arg[2] = random_envid();
		arg[3] = random_va();
		arg[4] = random_perm();
		break;
	case SYS_page_unmap:
		arg[0] = random_envid();
		arg[1] = one_in(8) ? random_va() : arena_va();
		break;
	case SYS_exofork:			// nobody would end the child
		c.number = SYS_getenvid;
		break;
	case SYS_env_set_status:
		arg[0] = random_envid();
		arg[1] = random_status();
		break;
	case SYS_env_set_trapframe:
		arg[0] = random_envid();
		if (!one_in(64))
			arg[1] = (uintptr_t) WILD_SCRIPT + below(PGSIZE
				- sizeof(struct Trapframe));
		if (arg[0] == 0 && !one_in(16))
			arg[0] = random();
		break;
	case SYS_env_set_pgfault_upcall:
		arg[0] = random_envid();
		arg[1] = random_va();
		break;
	case SYS_ipc_try_send:
	case SYS_ipc_send:
		arg[0] = random_envid();
		if (one_in(8))
			arg[0] = ipc_find_env(ENV_TYPE_FS);
		arg[1] = random_request();
		arg[2] = random_va();
		arg[3] = random_perm();
		break;
	case SYS_ipc_recv:
		arg[0] = random_va();
		break;
	case SYS_ipc_recv_from:
		arg[0] = random_va();
		arg[1] = random_envid();
		break;
	case SYS_ipc_reply:
		arg[0] = random_envid();
		arg[2] = random_va();
		arg[3] = random_perm();
		break;
	case SYS_page_held:
		arg[0] = random_envid();
		arg[1] = random_va();
		break;
	case SYS_env_wait:
		arg[0] = random_envid();
		break;
	case SYS_poweroff:
		if (arg[0] == POWEROFF_MAGIC)
			arg[0]++;
		break;
	case SYS_debug:				// may make our own calls fail
		arg[0] |= 0x100;
		break;
	}
	return c;
}

// ------------------------------------------------------------- the herder

static void
must(const char *what, int r)
{
	if (r < 0)
		panic("%s: %e", what, r);
}

// Of our program only what it runs, so that it can run it but not change it:
// each page takes a call to give, and most children do not live long.
static void
give_program(envid_t child)
{
	const uintptr_t begin = (uintptr_t) wild;

	for (uintptr_t va = ROUNDDOWN(begin, PGSIZE); va < begin + WILD_SIZE;
	     va += PGSIZE)
		must("program", sys_page_map(0, (void *) va, child, (void *) va,
			FUZZ_RO));
}

static envid_t
start_wild(int i)
{
	struct Script *s = SCRIPT(i);
	struct Trapframe tf = {
		.tf_eip = (uintptr_t) wild,
		.tf_esp = USTACKTOP - 2 * sizeof(uint32_t),
	};
	envid_t child = sys_exofork();

	must("sys_exofork", child);
	wild_children[i] = child;
	must("script", sys_page_alloc(0, s, FUZZ_RW));
	for (unsigned n = 0; n < MAXCALLS; n++)
		s->call[n] = random_call();
	s->call[MAXCALLS - 1] = (struct Call) { .number = SYS_env_destroy };
	must("script", sys_page_map(0, s, child, WILD_SCRIPT, FUZZ_RW));
	must("stack", sys_page_alloc(child, (void *) (USTACKTOP - PGSIZE),
		FUZZ_RW));
	give_program(child);
	for (int n = 0; n < ARENA_PAGES; n++)
		if (one_in(2))
			must("page", sys_page_alloc(child, (void *)
				(ARENA + n * PGSIZE), one_in(2) ? FUZZ_RO
				: FUZZ_RW));
	must("frame", sys_env_set_trapframe(child, &tf));
	must("start", sys_env_set_status(child, ENV_RUNNABLE));
	return child;
}

// A call that does to us no more than the arena allows, and anything to a
// wild child, which may be running.
static struct Call
outside_call(void)
{
	struct Call c = random_call();
	const envid_t child = PICK(wild_children);

	switch (c.number) {
	case SYS_env_destroy:
		c.arg[0] = one_in(32) ? child : -1;
		break;
	case SYS_page_alloc:
	case SYS_page_unmap:
		c.arg[0] = child;
		if (one_in(4)) {
			c.arg[0] = 0;
			c.arg[1] = arena_va();
		}
		break;
	case SYS_page_map:
		// Neither treasure nor stack are to be shared
		c.arg[0] = one_in(2) ? child : 0;
		if (c.arg[0] == 0)
			c.arg[1] = one_in(2) ? arena_va() : UTOP + below(1024)
				* PGSIZE;
		c.arg[2] = child;
		if (one_in(2)) {
			c.arg[2] = 0;
			c.arg[3] = arena_va();
		}
		break;
	case SYS_env_set_trapframe:
		// One that we cannot read would end us
		if (!one_in(16))
			c.number = SYS_yield;
		c.arg[1] = (uintptr_t) SCRATCH + below(PGSIZE
			- sizeof(struct Trapframe));
		c.arg[0] = child;
		break;
	case SYS_env_set_status:
		if (one_in(2))
			c.arg[1] = ENV_RUNNABLE;
		c.arg[0] = child;
		break;
	case SYS_env_set_pgfault_upcall:
		c.arg[0] = child;
		break;
	case SYS_ipc_try_send:
		c.arg[0] = child;
		if (c.arg[2] < UTOP)
			c.arg[2] = arena_va();
		break;
	case SYS_cputs:				// these end us, or we sleep
	case SYS_ipc_recv:
	case SYS_ipc_recv_from:
	case SYS_ipc_send:
	case SYS_cons_wait:
	case SYS_env_wait:
	case SYS_cgetc:
		c.number = SYS_yield;
	}
	return c;
}

// Every page of ours is counted, and is ours.
static void
check_tables(void)
{
	const int never = PTE_PS | PTE_G | PTE_PCD | PTE_PWT;

	for (uintptr_t va = next_mapped(0, UTOP); va < UTOP;
	     va = next_mapped(va + PGSIZE, UTOP)) {
		pte_t pte = uvpt[PGNUM(va)];

		if (!(pte & PTE_U) || pte & never || PTE_ADDR(pte) == 0
		    || PTE_ADDR(pte) - IOPHYSMEM
			< EXTPHYSMEM - IOPHYSMEM)
			panic("page table entry of %08x is %08x", va, pte);
		if (pages[PGNUM(pte)].pp_ref == 0)
			panic("page %08x at %08x is free", PTE_ADDR(pte), va);
	}
}

static uint32_t
treasure_word(int i)
{
	return (uint32_t) i * 0x01000193 ^ sys_getenvid();
}

static void
hide_treasure(void)
{
	must("treasure", sys_page_alloc(0, TREASURE, FUZZ_RW));
	for (unsigned i = 0; i < PGSIZE / sizeof(uint32_t); i += 8)
		TREASURE[i] = treasure_word(i);
}

static void
check_treasure(void)
{
	for (unsigned i = 0; i < PGSIZE / sizeof(uint32_t); i += 8)
		if (TREASURE[i] != treasure_word(i))
			panic("our page has changed at byte %d",
				i * sizeof(uint32_t));
}

static void
random_frames(void)
{
	for (unsigned i = 0; i < PGSIZE / sizeof(uint32_t); i++)
		SCRATCH[i] = one_in(2) ? random_va() : random();
}

// Let them go on, as far as they are still able to.
static void
wait_for_wild(void)
{
	int alive = WILD;

	for (int turn = 0; turn < PATIENCE && alive > 0; turn++) {
		alive = 0;
		for (int i = 0; i < WILD; i++) {
			if (is_gone(wild_children[i]))
				continue;
			alive++;
			sys_env_set_status(wild_children[i], ENV_RUNNABLE);
		}
		sys_yield();
	}
}

static void
herd_round(void)
{
	random_frames();
	hide_treasure();
	for (int i = 0; i < WILD; i++)
		start_wild(i);
	for (int n = 0; n < OUTSIDE_CALLS; n++) {
		struct Call c = outside_call();
		int r = raw_call(&c);

		bool says_more = c.number == SYS_getenvid
			|| c.number == SYS_page_held;

		if (r <= -MAXERROR || (r > 0 && !says_more))
			panic("system call %u returned %d", c.number, r);
		if (one_in(2))
			sys_yield();
		if (one_in(OUTSIDE_CALLS / 2))
			check_kernel();
	}
	wait_for_wild();
	for (int i = 0; i < WILD; i++) {
		destroy_and_wait(wild_children[i]);
		// It may have been led to write there, too
		if (SCRIPT(i)->done <= MAXCALLS)
			COUNTERS[self] += SCRIPT(i)->done;
	}
	COUNTERS[self] += OUTSIDE_CALLS;
	check_treasure();
	check_tables();
}

static void
herd(uint32_t rounds)
{
	must("scratch", sys_page_alloc(0, SCRATCH, FUZZ_RW));
	while (rounds-- > 0)
		herd_round();

	for (uintptr_t va = next_mapped(ARENA, NO_TABLE); va < NO_TABLE;
	     va = next_mapped(va, NO_TABLE))
		must("unmap", sys_page_unmap(0, (void *) va));
	for (int i = 0; i < WILD; i++)
		must("unmap", sys_page_unmap(0, SCRIPT(i)));
	must("unmap", sys_page_unmap(0, TREASURE));
	must("unmap", sys_page_unmap(0, SCRATCH));
}

static void
herd_together(uint32_t rounds)
{
	envid_t herder[HERDERS];

	for (int i = 0; i < HERDERS; i++) {
		uint32_t seed = random();

		if ((herder[i] = fork_or_panic()) == 0) {
			self = i + 1;
			random_seed(seed);
			herd(rounds / HERDERS);
			exit();
		}
	}
	for (int i = 0; i < HERDERS; i++)
		wait(herder[i]);
}

void
umain(int argc, char **argv)
{
	make_table((void *) ARENA);
	must("counters", sys_page_alloc(0, (void *) COUNTERS,
		FUZZ_RW | PTE_SHARE));

	fuzz_start("sysfuzz", argc, argv, ROUNDS);
	while (fuzz_next()) {
		herd(fuzz_count / 2);
		herd_together(fuzz_count - fuzz_count / 2);
		fuzz_check();
		check_used_pages();
	}
	fuzz_end();

	uint32_t calls = 0;
	for (int i = 0; i <= HERDERS; i++)
		calls += COUNTERS[i];
	cprintf("%u calls\n", calls);
	cprintf("sysfuzz ok\n");
}
