// ext/regions/user/regioncost.c - what a page fault and a fork take with
// regions and without, in instructions, which are right under QEMU's -icount
// shift=0 only.

#include <inc/lib.h>
#include <inc/x86.h>

static envid_t
plain_fork(void)
{
	return fork();
}

static void
plain_handler(void (*handler)(struct UTrapframe *utf))
{
	set_pgfault_handler(handler);
}

#include <ext/regions/regions.h>

#define ROUNDS		8
#define CHAIN		16
#define START		0x10000000
#define HANDLED		((volatile char *) START)

static void
map(struct UTrapframe *utf)
{
	sys_page_alloc(0, (void *) ROUNDDOWN(utf->utf_fault_va, PGSIZE),
		PTE_P | PTE_U | PTE_W);
}

static bool
map_in_region(struct Region *r, struct UTrapframe *utf)
{
	USED(r);
	map(utf);
	return true;
}

// The fewest instructions of some rounds
static void
show_fault(const char *what)
{
	uint32_t lowest = ~0u;

	for (int i = 0; i < ROUNDS; i++) {
		sys_page_unmap(0, (void *) HANDLED);

		const uint32_t start = read_tsc();

		*HANDLED = 1;

		const uint32_t took = (uint32_t) read_tsc() - start;

		lowest = MIN(lowest, took);
	}
	cprintf("page fault, %s: %d instructions\n", what, lowest);
}

static void
show_fork(const char *what, envid_t (*fork_by)(void))
{
	uint32_t lowest = ~0u;

	for (int i = 0; i < ROUNDS; i++) {
		const uint32_t start = read_tsc();
		const envid_t child = fork_by();

		if (child == 0)
			exit();

		const uint32_t took = (uint32_t) read_tsc() - start;

		if (child < 0)
			panic("fork: %e", child);
		lowest = MIN(lowest, took);
		wait(child);
	}
	cprintf("fork, %s: %d instructions\n", what, lowest);
}

void
umain(int argc, char **argv)
{
	static struct Region around[CHAIN];

	USED(argc), USED(argv);

	plain_handler(map);
	show_fault("one handler");
	show_fork("plain", plain_fork);
	for (int i = 0; i < CHAIN; i++) {
		around[i] = (struct Region) { .start = START + i * PGSIZE,
			.end = START + (i + 1) * PGSIZE,
			.handle = map_in_region };
		region_add(&around[i]);
		if (i == 0)
			show_fault("one region");
	}
	show_fault("the last of 16 regions");
	show_fork("with regions", fork);
	cprintf("regioncost ok\n");
}
