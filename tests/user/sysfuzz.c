// tests/user/sysfuzz.c - random system calls, with arguments at the edges of
// what is valid: each works or returns an error, and harms only its caller.
//
// usage: sysfuzz [seed [count [seeds]]]	(count: rounds of 1500 calls)
//
// In a round, a herder starts some wild children and, while they run, makes
// calls that concern them.  A wild child makes the calls of a script that its
// herder wrote, whatever they do to the child, until it ends or is destroyed.
// At first this environment is the only herder; then it forks several, which
// run on several CPUs.
//
// After each round the herder checks its own memory: if the kernel gave one of
// its pages to another environment as well, its contents may have changed.

#include <tests/user/fuzz.h>

#define ROUNDS		20		// by default
#define HERDERS		3
#define WILD		2		// children at a time
#define OUTSIDE_CALLS	60		// of the herder, in a round, at least
#define TURN		12		// calls until it wakes its children
#define MAXIDLE		10		// turns without a call of a child
#define MAXTURNS	200		// in a round

struct Call {
	uint32_t number;
	uint32_t arg[5];
};

// A script is shared by a wild child and its herder, which reads `done` to see
// how many calls the child has made.
#define SCRIPT_PAGES	4
#define SCRIPT_SIZE	(SCRIPT_PAGES * PGSIZE)
#define MAXCALLS	((SCRIPT_SIZE - 4) / sizeof(struct Call))

struct Script {
	volatile uint32_t done;
	struct Call call[MAXCALLS];
};

_Static_assert(sizeof(struct Script) <= SCRIPT_SIZE, "fits");

// The herder's own pages
#define SCRIPT(i)	((struct Script *) (0x20000000 \
				+ (i) * SCRIPT_SIZE))
#define SCRATCH		((uint32_t *) 0x20010000)
#define TREASURE	((uint32_t *) 0x20020000)	// never shared
#define ARENA		0x21000000	// pages that calls may change
#define ARENA_PAGES	8
#define NO_TABLE	0x28000000	// nothing is mapped within 4 MiB

// Counts the calls made by each herder and its children
#define COUNTERS	((volatile uint32_t *) 0x20030000)
static int self;			// the number of this herder

// Where a wild child has its script.  Few random calls have an address here;
// else it would soon lose the script.  It also has a stack, pages in the arena
// and, read-only, the code that it runs.
#define WILD_SCRIPT	0x21040000
#define WILD_CODE	(WILD_SCRIPT + SCRIPT_SIZE)

_Static_assert(WILD_SCRIPT == ARENA + 64 * PGSIZE, "beside the arena");

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

// The code of a wild child, which runs it at WILD_CODE.  It needs no variables
// and no stack, because its own calls may unmap them.
void wild(void);
__asm__(
	"	.text\n"
	"	.balign 64\n"
	"	.globl wild\n"
	"wild:\n"
	"	movl $0x21040004, %ebp\n"	// WILD_SCRIPT, its first call
	"1:	incl 0x21040000\n"		// done
	"	movl (%ebp), %eax\n"
	"	movl 4(%ebp), %edx\n"
	"	movl 8(%ebp), %ecx\n"
	"	movl 12(%ebp), %ebx\n"
	"	movl 16(%ebp), %edi\n"
	"	movl 20(%ebp), %esi\n"
	"	int $0x30\n"
	"	addl $24, %ebp\n"		// the last call ends it
	"	jmp 1b\n");

_Static_assert(sizeof(struct Call) == 24 && T_SYSCALL == 0x30
	&& offsetof(struct Script, call) == 4, "used in wild");

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

// The id of this environment or another, or an invalid one
static uint32_t
random_envid(void)
{
	const int which = below(8);

	// Programs beside the fuzzers do not expect messages from it
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

// A length for sys_cputs that does not fill the screen: short, or longer than
// any memory.
static uint32_t
random_length(void)
{
	if (one_in(2))
		return below(4);
	return one_in(4) ? ~0u - below(2 * PGSIZE)
		: 0x01000000 * (1 + below(255));
}

// A request to the file server that is invalid, or changes no file.
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

static bool
sleeps(uint32_t number)
{
	return number == SYS_ipc_recv || number == SYS_ipc_recv_from
		|| number == SYS_ipc_send || number == SYS_ipc_call
		|| number == SYS_ipc_reply_recv || number == SYS_cons_wait
		|| number == SYS_env_wait || number == SYS_page_wait;
}

// Calls that end the caller or make it sleep are rare: they take as long as
// some hundred other calls, above all if the kernel prints why the caller ends.
static uint32_t
random_callno(void)
{
	static const uint32_t lively[] = {
		SYS_page_alloc, SYS_page_map, SYS_page_map, SYS_page_unmap,
		SYS_env_set_status, SYS_env_set_pgfault_upcall,
		SYS_ipc_try_send, SYS_env_set_trapframe, SYS_page_map_list,
		SYS_page_copy,
	};

	if (one_in(64))
		return random() | 0x100;
	if (!one_in(4))
		return PICK(lively);

	uint32_t number = below(NSYSCALLS + 2);

	return sleeps(number) && !one_in(4) ? PICK(lively) : number;
}

static uint32_t
random_page(void)
{
	return random_va() & ~(PGSIZE - 1);
}

// A run for sys_page_map_list, as an entry of a script.  If the child makes it
// as a call, its number is invalid.
static struct Call
run_as_call(void)
{
	const struct PageRun run = {
		.srcva = (void *) (one_in(2) ? arena_va() : random_page()),
		.dstva = (void *) (one_in(2) ? arena_va() : random_page()),
		.perm = random_perm(),
		.npages = one_in(8) ? random() : below(ARENA_PAGES),
		.both = one_in(2),
	};
	struct Call c;

	memcpy(&c, &run, sizeof(run));
	if (c.number < ARENA)
		c.number = ARENA;
	return c;
}

_Static_assert(sizeof(struct PageRun) <= sizeof(struct Call)
	&& offsetof(struct PageRun, srcva) == offsetof(struct Call, number),
	"a run can stand for a call");

// A call with arguments that more or less suit its number
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
		if (!one_in(64)) {
			arg[0] = WILD_SCRIPT + below(SCRIPT_SIZE);
			arg[1] = 0;
		}
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
	case SYS_page_map_list:
		arg[0] = random_envid();
		if (!one_in(512))
			arg[1] = WILD_SCRIPT + offsetof(struct Script, call)
				+ below(MAXCALLS) * sizeof(struct Call);
		arg[2] = one_in(8) ? below(4) : 1;
		break;
	case SYS_page_wait:
		arg[0] = random_va();
		arg[1] = one_in(2) ? 0 : random();
		arg[2] = below(4);
		break;
	case SYS_page_wake:
		arg[0] = one_in(2) ? arena_va() : random_va();
		break;
	case SYS_page_copy:
		arg[0] = random_va();
		arg[1] = random_envid();
		arg[2] = one_in(2) ? random_va() : arg[0];
		arg[3] = random_perm();
		break;
	case SYS_page_unmap:
		arg[0] = random_envid();
		arg[1] = one_in(8) ? random_va() : arena_va();
		break;
	case SYS_env_set_status:
		arg[0] = random_envid();
		arg[1] = random_status();
		break;
	case SYS_env_set_trapframe:
		arg[0] = random_envid();
		if (!one_in(512))
			arg[1] = WILD_SCRIPT + below(SCRIPT_SIZE
				- sizeof(struct Trapframe));
		if (arg[0] == 0 && !one_in(128))
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
	case SYS_ipc_call:
	case SYS_ipc_reply_recv:
		arg[0] = random_envid();
		arg[1] = random_request();
		arg[2] = random_va();
		arg[3] = random_va();
		arg[4] = random_perm();
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
		arg[2] = random_va();
		break;
	case SYS_env_wait:
		arg[0] = random_envid();
		break;
	case SYS_poweroff:
		if (arg[0] == POWEROFF_MAGIC)
			arg[0]++;
		break;
	case SYS_debug:				// could make later calls fail
		arg[0] |= 0x100;
		break;
	}
	return c;
}

// ------------------------------------------------------------- the herder

// Replace the calls that the last child has made; the others may stay.
static void
write_script(struct Script *s)
{
	const uint32_t used = MIN(s->done, MAXCALLS);

	for (unsigned n = 0; n < used; n++)
		s->call[n] = one_in(8) ? run_as_call() : random_call();
	s->call[MAXCALLS - 1] = (struct Call) { .number = SYS_env_destroy };
	s->done = 0;
}

static void
make_script(int i)
{
	for (unsigned n = 0; n < SCRIPT_PAGES; n++)
		must("script", sys_page_alloc(0,
			(char *) SCRIPT(i) + n * PGSIZE, FUZZ_RW));
	SCRIPT(i)->done = MAXCALLS;
}

// Map n pages of the herder into a child.
static void
give_pages(envid_t child, const void *from, uintptr_t to, int n, int perm)
{
	for (int i = 0; i < n; i++)
		must("page", sys_page_map(0, (char *) from + i * PGSIZE, child,
			(void *) (to + i * PGSIZE), perm));
}

static void
start_wild(int i)
{
	void *code = ROUNDDOWN((void *) wild, PGSIZE);
	struct Trapframe tf = {
		.tf_eip = WILD_CODE + PGOFF(wild),
		.tf_esp = USTACKTOP - 2 * sizeof(uint32_t),
	};
	envid_t child = sys_exofork();

	must("sys_exofork", child);
	wild_children[i] = child;
	write_script(SCRIPT(i));
	give_pages(child, SCRIPT(i), WILD_SCRIPT, SCRIPT_PAGES, FUZZ_RW);
	give_pages(child, code, WILD_CODE, 1, FUZZ_RO);
	must("stack", sys_page_alloc(child, (void *) (USTACKTOP - PGSIZE),
		FUZZ_RW));
	for (int n = 0; n < ARENA_PAGES; n++)
		if (one_in(2))
			must("page", sys_page_alloc(child, (void *)
				(ARENA + n * PGSIZE), one_in(2) ? FUZZ_RO
				: FUZZ_RW));
	must("frame", sys_env_set_trapframe(child, &tf));
	must("start", sys_env_set_status(child, ENV_RUNNABLE));
}

// A random list of n runs in the arena
static const struct PageRun *
arena_list(uint32_t n)
{
	static struct PageRun list[4];

	for (uint32_t i = 0; i < n; i++) {
		const uint32_t from = below(ARENA_PAGES);
		const uint32_t to = below(ARENA_PAGES);

		list[i] = (struct PageRun) {
			.srcva = (void *) (ARENA + from * PGSIZE),
			.dstva = (void *) (ARENA + to * PGSIZE),
			.perm = random_perm(),
			.npages = below(ARENA_PAGES + 1 - MAX(from, to)),
			.both = one_in(2),
		};
	}
	return list;
}

// A call of the herder.  In the herder itself it changes only the arena, in a
// wild child, which may be running, anything.
static struct Call
outside_call(void)
{
	struct Call c = random_call();
	const envid_t child = PICK(wild_children);

	switch (c.number) {
	case SYS_env_destroy:
		c.arg[0] = one_in(64) ? child : -1;
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
		// Do not share the treasure or the stack
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
	case SYS_page_map_list:
		c.arg[0] = one_in(2) ? child : 0;
		c.arg[2] = below(5);
		c.arg[1] = (uintptr_t) arena_list(c.arg[2]);
		break;
	case SYS_page_copy:
		c.arg[1] = child;
		if (one_in(2)) {
			c.arg[1] = 0;
			c.arg[2] = arena_va();
		}
		break;
	case SYS_env_set_trapframe:
		// Rare, because most frames end the child.  An unreadable frame
		// would end the herder
		if (!one_in(64))
			c.number = SYS_yield;
		c.arg[1] = (uintptr_t) SCRATCH + below(PGSIZE
			- sizeof(struct Trapframe));
		c.arg[0] = child;
		break;
	case SYS_env_set_status:
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
	case SYS_exofork:			// the child would stay for good
	case SYS_cputs:				// would end the herder
	case SYS_cgetc:				// would take the key for soak
		c.number = SYS_yield;
	}
	if (sleeps(c.number))
		c.number = SYS_yield;
	return c;
}

// Check that each page mapped here is a user page with a reference count.
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

// Wake the wild children that have not ended.  Returns how many there are, and
// adds the number of calls that all have made to *done.
static int
wake_wild(uint32_t *done)
{
	int alive = 0;

	for (int i = 0; i < WILD; i++) {
		*done += SCRIPT(i)->done;
		if (is_gone(wild_children[i]))
			continue;
		alive++;
		sys_env_set_status(wild_children[i], ENV_RUNNABLE);
	}
	return alive;
}

static void
call_from_outside(void)
{
	struct Call c = outside_call();
	int r = raw_call(&c);

	const int most = c.number == SYS_getenvid ? r
		: c.number == SYS_page_map_list ? (int) c.arg[2]
		: c.number == SYS_page_held ? (int) PGNUM(UTOP) : 0;

	if (r <= -MAXERROR || r > most)
		panic("system call %u returned %d", c.number, r);
	COUNTERS[self]++;
}

// Make calls while the wild children make some, and for MAXIDLE turns more.
static void
disturb_wild(void)
{
	uint32_t before = 0;

	for (int turn = 0, idle = 0; turn < MAXTURNS; turn++) {
		uint32_t done = 0;
		int alive = wake_wild(&done);

		idle = done == before ? idle + 1 : 0;
		before = done;
		if (turn >= OUTSIDE_CALLS / TURN
		    && (alive == 0 || idle >= MAXIDLE))
			return;
		for (int n = 0; n < TURN; n++)
			call_from_outside();
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
	disturb_wild();
	for (int i = 0; i < WILD; i++) {
		destroy_and_wait(wild_children[i]);
		// MIN, because the child may have overwritten done
		COUNTERS[self] += MIN(SCRIPT(i)->done, MAXCALLS);
	}
	check_treasure();
	if (one_in(8)) {
		check_tables();
		check_kernel();
	}
}

static void
herd(uint32_t rounds)
{
	must("scratch", sys_page_alloc(0, SCRATCH, FUZZ_RW));
	for (int i = 0; i < WILD; i++)
		make_script(i);
	while (rounds-- > 0)
		herd_round();

	for (uintptr_t va = next_mapped(ARENA, NO_TABLE); va < NO_TABLE;
	     va = next_mapped(va, NO_TABLE))
		must("unmap", sys_page_unmap(0, (void *) va));
	for (int i = 0; i < WILD * SCRIPT_PAGES; i++)
		must("unmap", sys_page_unmap(0, (char *) SCRIPT(0)
			+ i * PGSIZE));
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
