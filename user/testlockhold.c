// Do what may take the kernel long, for conf/test: it then asks the monitor how
// long the kernel's lock was held.

#include <inc/lib.h>

#include <user/test.h>

#define RW		(PTE_P | PTE_U | PTE_W)

#define PAGE		((char *) 0x20000000)
#define MANY		((char *) 0x30000000)
#define MANY_PAGES	(50 * NPTENTRIES)

// Map our page again and again in env.
static void
map_many(envid_t env)
{
	for (int i = 0; i < MANY_PAGES; i++)
		must("sys_page_map", sys_page_map(0, PAGE, env,
			MANY + i * PGSIZE, PTE_P | PTE_U));
}

// An environment with so many mappings ends, while another one wants to run and
// to have memory.
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

// A program ends, and with it children that nobody else could start.
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

// A text of 200 MiB, all of which may be read.
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

void
umain(int argc, char **argv)
{
	USED(argc);
	USED(argv);
	must("sys_page_alloc", sys_page_alloc(0, PAGE, RW));
	test_big_end();
	test_orphans();
	test_long_text();
	cprintf("testlockhold ok\n");
}
