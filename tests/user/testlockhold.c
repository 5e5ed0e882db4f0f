// tests/user/testlockhold.c - makes the system calls that may take longest.
// tests/run then asks the monitor how long the kernel lock was held.

#include <inc/lib.h>
#include <inc/linetab.h>

#include <tests/user/test.h>

#define RW		(PTE_P | PTE_U | PTE_W)

#define PAGE		((char *) 0x20000000)
#define MANY		((char *) 0x30000000)
#define MANY_PAGES	(50 * NPTENTRIES)

// Map one page again and again in env.
static void
map_many(envid_t env)
{
	for (int i = 0; i < MANY_PAGES; i++)
		must("sys_page_map", sys_page_map(0, PAGE, env,
			MANY + i * PGSIZE, PTE_P | PTE_U));
}

// An environment with very many mappings ends, while another one runs and
// allocates memory.
static void
test_big_end(void)
{
	envid_t child = sys_exofork();

	if (child == 0)
		exit();
	must("sys_exofork", child);
	map_many(child);
	if (pages[PGNUM(uvpt[PGNUM(PAGE)])].pp_ref != MANY_PAGES + 1)
		panic("the page has %d mappings",
			pages[PGNUM(uvpt[PGNUM(PAGE)])].pp_ref);
	destroy_and_wait(child);
	if (pages[PGNUM(uvpt[PGNUM(PAGE)])].pp_ref != 1)
		panic("wait returns before all is given back");
}

// A program ends, and with it its children that never started.
static void
test_orphans(void)
{
	envid_t child = fork_or_panic();

	if (child == 0) {
		for (int i = 0; i < 500; i++)
			if (sys_exofork() == 0)
				exit();
		exit();
	}
	wait(child);
	for (int turn = 0; free_envs() < NENV - 10; turn++) {
		if (turn == 1000000)
			panic("%d slots are free", free_envs());
		sys_yield();
	}
}

// sys_cputs of 200 MiB, all of it readable.
static void
test_long_text(void)
{
	envid_t child = fork_or_panic();

	if (child == 0) {
		map_many(0);
		sys_cputs(MANY, MANY_PAGES * PGSIZE);
		panic("printed 200 MiB");
	}
	sys_yield();
	destroy_and_wait(child);
}

// Print many newlines: each scrolls the screen.
static void
test_many_lines(void)
{
	static char text[4 * PGSIZE];

	memset(text, '\n', sizeof(text));
	sys_cputs(text, sizeof(text));
}

// A line table with one function, which has all addresses, rowsize bytes of
// rows that do not advance the address, and long names.
static void
make_table(uint32_t size, uint32_t rowsize)
{
	struct Linetab *head = (struct Linetab *) USTABDATA;
	struct Linefunc *func = (struct Linefunc *) (head + 1);
	char *rows = (char *) (func + 2);

	for (uint32_t offset = 0; offset < size; offset += PGSIZE)
		must("sys_page_alloc", sys_page_alloc(0,
			(void *) (USTABDATA + offset), RW));
	*head = (struct Linetab) { LINETAB_MAGIC, size, 1, rowsize };
	func[1] = (struct Linefunc) { ULIM, rowsize, 0, 0 };
	memset(rows + rowsize, 'x', USTABDATA + size
		- (uintptr_t) (rows + rowsize));
}

#define FRAMES		100

// A program with the table of make_table faults, many calls deep.
static void
test_end_with_table(uint32_t size, uint32_t rowsize)
{
	static uint32_t chain[FRAMES][2];
	envid_t child = fork_or_panic();

	if (child) {
		wait(child);
		return;
	}
	make_table(size, rowsize);
	for (int i = 0; i < FRAMES; i++) {
		chain[i][0] = i + 1 < FRAMES ? (uintptr_t) chain[i + 1] : 0;
		chain[i][1] = (uintptr_t) make_table;
	}
	__asm__ volatile("movl %0, %%ebp; ud2" : : "r" (chain));
}

// The largest possible table, then the largest that kern/kdebug.c reads, with
// too many rows, and with as many rows as kern/kdebug.c reads.
static void
test_tables(void)
{
	const uint32_t room = (uintptr_t) UTEMP - USTABDATA;

	test_end_with_table(room, room - PGSIZE);
	test_end_with_table(256 * 1024, 128 * 1024);
	test_end_with_table(256 * 1024, 512);
}

// usage: testlockhold [tables]
void
umain(int argc, char **argv)
{
	USED(argv);
	must("sys_page_alloc", sys_page_alloc(0, PAGE, RW));
	if (argc > 1) {
		test_tables();
	} else {
		test_big_end();
		test_orphans();
		test_long_text();
		test_many_lines();
	}
	cprintf("testlockhold ok\n");
}
