// user/check/share.c - looks at what children get by fork and spawn: shared
// pages (PTE_SHARE), and what a program that is started finds.
//
// This program is on the disk, too, and starts itself as its own child.

#include <inc/lib.h>
#include <inc/x86.h>

#include <user/check/check.h>

#define PROGRAM		"/share"
#define RW		(PTE_P | PTE_U | PTE_W)
#define RO		(PTE_P | PTE_U)
#define HOARD		0x40000000	// pages that nobody else is to have
#define MAXTRIES	200

static const struct {
	uintptr_t va;
	int perm;
} maps[] = {
	{ 0x00300000, RW | PTE_SHARE },		// below the program
	{ 0x20000000, RW | PTE_SHARE },
	{ 0x203FF000, RO | PTE_SHARE },		// the last of a page table
	{ 0x20400000, RW | PTE_SHARE },		// the first of the next one
	{ 0x20402000, RO | PTE_SHARE },
	{ 0xCFFFF000, RW | PTE_SHARE },		// below the descriptors
	{ 0x21000000, RW },
	{ 0x21001000, RO },
};

// In the second of these pages: what parent and child tell each other
struct Board {
	physaddr_t page[ARRAY_SIZE(maps)];	// which pages the parent has
	uint32_t good;				// pages that are right
};
static struct Board *const board = (void *) 0x20000000;

// What a child that was started must find as the file has it
static int initialized = 1;
static char zeros[3 * PGSIZE];

static bool
is_shared(uint32_t i)
{
	return maps[i].perm & PTE_SHARE;
}

static pte_t
pte_at(uintptr_t va)
{
	return page_is_mapped((void *) va) ? uvpt[PGNUM(va)] : 0;
}

static void
make_pages(void)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(maps); i++) {
		void *va = (void *) maps[i].va;
		int r = sys_page_alloc(0, va, maps[i].perm | PTE_W);

		if (r < 0)
			panic("sys_page_alloc: %e", r);
		*(uint32_t *) (va + 1000) = maps[i].va + 1;
		if (!(maps[i].perm & PTE_W)
		    && (r = sys_page_map(0, va, 0, va, maps[i].perm)) < 0)
			panic("sys_page_map: %e", r);
	}
	for (uint32_t i = 0; i < ARRAY_SIZE(maps); i++)
		board->page[i] = PTE_ADDR(pte_at(maps[i].va));
}

// Has page i of maps the permissions that it should have?
static void
check_perm(const char *whose, uint32_t i)
{
	const pte_t pte = pte_at(maps[i].va);

	expect(pte & PTE_SHARE, "%s page at %08x is not marked PTE_SHARE any "
		"more", whose, maps[i].va);
	expect(!(pte & PTE_COW), "%s shared page at %08x is copy-on-write",
		whose, maps[i].va);
	expect((pte & PTE_W) == (maps[i].perm & PTE_W), "%s shared page at "
		"%08x is %s, expected what the parent has: %s", whose,
		maps[i].va, pte & PTE_W ? "writable" : "read-only",
		maps[i].perm & PTE_W ? "writable" : "read-only");
}

// In a child: look at the shared pages, and leave a mark in each of them.
static void
check_shared(const char *whose)
{
	uint32_t n = 0;

	if (!page_is_mapped(board)) {
		expect(false, "%s shared page at %08x is not mapped", whose,
			(uintptr_t) board);
		return;
	}
	for (uint32_t i = 0; i < ARRAY_SIZE(maps); i++) {
		const pte_t pte = pte_at(maps[i].va);

		if (!is_shared(i))
			continue;
		expect(pte & PTE_P, "%s shared page at %08x is not mapped",
			whose, maps[i].va);
		if (!(pte & PTE_P))
			continue;
		expect(PTE_ADDR(pte) == board->page[i], "%s shared page at "
			"%08x is another page than the parent's", whose,
			maps[i].va);
		n += PTE_ADDR(pte) == board->page[i];
		check_perm(whose, i);
		if (pte & PTE_W)
			*(uint32_t *) (maps[i].va + 2000) = maps[i].va + 2;
	}
	board->good = n;
}

static uint32_t
nshared(void)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < ARRAY_SIZE(maps); i++)
		n += is_shared(i);
	return n;
}

// In the parent, once a child has ended: did check_shared leave its marks?
static void
check_marks(const char *how)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(maps); i++) {
		uint32_t *mark = (uint32_t *) (maps[i].va + 2000);

		if (!is_shared(i))
			continue;
		check_perm("after that the parent's", i);
		if (!(maps[i].perm & PTE_W) || !(pte_at(maps[i].va) & PTE_W))
			continue;
		expect(*mark == maps[i].va + 2, "what a child made by %s "
			"writes to the shared page at %08x, the parent does "
			"not see", how, maps[i].va);
		*mark = 0;
	}
}

// ------------------------------------------------------------------- spawn

static const char *const words[] = { "share", "child", "", "two words", "-x",
	NULL };

// In a child that was started
static void
child_main(int argc, char **argv)
{
	const uint32_t flags = read_eflags();
	const uintptr_t stack = USTACKTOP - PGSIZE;
	int i, n = 0;

	look_at("init_stack", "lab 5, exercise 7; lib/spawn.c");
	for (i = 0; words[i]; i++)
		expect(i < argc && strcmp(argv[i], words[i]) == 0, "argument "
			"%d is '%s', expected '%s'", i, i < argc ? argv[i]
			: "not there", words[i]);
	expect(argc == i, "%d arguments were given, argc is %d", i, argc);
	expect(argv[i] == NULL, "argv has no NULL at its end");
	expect((uintptr_t) argv >= stack && (uintptr_t) argv[0] >= stack,
		"the arguments are not in the page of the stack");

	look_at("load_page and read_part", "lab 5; lib/spawn.c");
	expect(initialized == 1, "data has not the value of the file, but "
		"that of the parent");
	for (i = 0; i < (int) sizeof(zeros); i++)
		n += zeros[i] != 0;
	expect(n == 0, "%d bytes of bss are not 0", n);
	expect(!(pte_at(ROUNDDOWN((uintptr_t) child_main, PGSIZE)) & PTE_W),
		"the page of a function is writable");

	look_at("sys_env_set_trapframe", "lab 5, exercise 7; kern/syscall.c");
	expect(!(flags & FL_IOPL_MASK), "a program that was started has I/O "
		"privilege %d", (flags & FL_IOPL_MASK) / FL_IOPL_1);
	expect(flags & FL_IF, "a program that was started runs with "
		"interrupts off");

	look_at("spawn", "lab 5; lib/spawn.c");
	for (i = n = 0; i < 32; i++) {
		struct Fd *fd;

		n += fd_lookup(i, &fd) == 0;
	}
	expect(n == 1, "the parent has 1 open descriptor, the child %d", n);

	look_at("copy_shared_pages", "lab 5, exercise 8; lib/spawn.c");
	for (uint32_t j = 0; j < ARRAY_SIZE(maps); j++)
		expect(is_shared(j) || !pte_at(maps[j].va), "the child has a "
			"page at %08x, which is not marked PTE_SHARE in the "
			"parent", maps[j].va);
	check_shared("the child's");
}

static void
check_spawn(void)
{
	envid_t child;
	int fd;

	look_at("copy_shared_pages", "lab 5, exercise 8; lib/spawn.c");
	if ((fd = open("/newmotd", O_RDONLY)) < 0)
		panic("open: %e", fd);
	child = spawn(PROGRAM, (const char **) words);
	expect(child > 0, "spawn: got %s", result_name(child));
	if (child < 0)
		return;
	wait(child);
	expect(board->good == nshared(), "of %u shared pages the child has "
		"%u", nshared(), board->good);
	check_marks("spawn");
}

// Where memory is short, spawn works or fails, and does not do half of it.
static void
check_short(void)
{
	uintptr_t end = HOARD;
	envid_t child = -E_NO_MEM;

	while (sys_page_alloc(0, (void *) end, RW) == 0)
		end += PGSIZE;
	board->good = 0;
	for (int try = 0; try < MAXTRIES && child < 0 && end > HOARD; try++) {
		child = spawn(PROGRAM, (const char **) words);
		if (child < 0)
			sys_page_unmap(0, (void *) (end -= PGSIZE));
	}
	if (child > 0)
		wait(child);
	while (end > HOARD)
		sys_page_unmap(0, (void *) (end -= PGSIZE));
	expect(child < 0 || board->good == nshared(), "where memory is short, "
		"the child has %u of %u shared pages: pass on the error of "
		"sys_page_map", board->good, nshared());
}

// -------------------------------------------------------------------- fork

static void
check_fork(void)
{
	envid_t child, grandchild;

	look_at("duppage", "lab 5, exercise 8; lib/fork.c");
	board->good = 0;
	child = fork();
	expect(child >= 0, "fork: got %s", result_name(child));
	if (child < 0)
		return;
	if (child == 0) {
		check_shared("the child's");
		grandchild = fork();
		expect(grandchild >= 0, "fork in a child: got %s",
			result_name(grandchild));
		if (grandchild == 0) {
			check_shared("the grandchild's");
			*(uint32_t *) (0x21000000 + 2000) = 1;
		}
		if (grandchild > 0)
			wait(grandchild);
		exit();
	}
	wait(child);
	expect(board->good == nshared(), "of %u shared pages a grandchild has "
		"%u", nshared(), board->good);
	check_marks("fork");
	expect(*(uint32_t *) (0x21000000 + 2000) == 0, "what a child writes "
		"to a page without PTE_SHARE, the parent sees");
}

void
umain(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "child") == 0) {
		child_main(argc, argv);
		return;
	}
	initialized = 2;
	memset(zeros, 'x', sizeof(zeros));
	make_pages();
	check_spawn();
	check_short();
	check_fork();
	look_no_more();
}
