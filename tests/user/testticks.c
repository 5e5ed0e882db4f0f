// tests/user/testticks.c - four programs make system calls all the time, so
// that two CPUs contend for the kernel lock.  tests/run then asks the
// monitor whether timer interrupts were handled meanwhile.

#include <inc/lib.h>
#include <inc/x86.h>

#include <tests/user/test.h>

#define RW	(PTE_P | PTE_U | PTE_W)
#define TICK	10000000ull		// of the time stamp counter
#define TICKS	100
#define PROGRAMS 4
#define PAGES	32			// that each call maps

#define PAGE	((char *) 0x10000000)
#define MANY	((char *) 0x20000000)

static void
keep_calling(void)
{
	const struct PageRun run = {
		.srcva = MANY, .dstva = MANY + PAGES * PGSIZE,
		.npages = PAGES, .perm = RW
	};

	must("sys_page_alloc", sys_page_alloc(0, PAGE, RW));
	for (int i = 0; i < PAGES; i++)
		must("sys_page_map",
			sys_page_map(0, PAGE, 0, MANY + i * PGSIZE, RW));

	const uint64_t start = read_tsc();

	while (read_tsc() - start < TICKS * TICK)
		must("sys_page_map_list", sys_page_map_list(0, &run, 1));
}

void
umain(int argc, char **argv)
{
	envid_t child[PROGRAMS];

	USED(argc), USED(argv);

	for (int i = 0; i < PROGRAMS; i++)
		if ((child[i] = fork_or_panic()) == 0) {
			keep_calling();
			return;
		}
	for (int i = 0; i < PROGRAMS; i++)
		wait(child[i]);
	cprintf("testticks ok\n");
}
