// ext/checkpoint/user/amnesiacost.c - what a checkpoint and a restore take:
// system calls, and instructions, which are right under QEMU's -icount shift=0
// only.  Prints rows of README.md.

#include <inc/x86.h>

#include <ext/checkpoint/checkpoint.h>
#include <ext/ext.h>
#include <ext/test.h>

#define HEAP		((char *) 0x20000000)
#define NHEAP		64		// pages
#define ROUNDS		4

struct Cost {
	uint32_t calls, instructions;
};

static int
calls(void)
{
	return ext_call(SYS_entries, T_SYSCALL, 0, 0, 0, 0);
}

// The fewest of some rounds, of a checkpoint of the child or of a restore
static struct Cost
cost_of(envid_t child, bool of_restore)
{
	struct Cost lowest = { ~0u, ~0u };

	for (int i = 0; i < ROUNDS; i++) {
		const envid_t saved = of_restore ? checkpoint(child) : 0;
		const uint32_t calls_before = calls(), start = read_tsc();
		const envid_t r = of_restore ? restore(child, saved)
			: checkpoint(child);
		const struct Cost c = { calls() - calls_before - 1,
			(uint32_t) read_tsc() - start };

		must("checkpoint, restore", r);
		destroy_and_wait(of_restore ? saved : r);
		if (c.instructions < lowest.instructions)
			lowest = c;
	}
	return lowest;
}

// A child that has so many pages of heap
static envid_t
start(int npages, int perm)
{
	const envid_t child = fork_or_panic();

	if (child != 0) {
		ipc_recv_from(child, NULL);
		return child;
	}
	for (int i = 0; i < npages; i++)
		must("sys_page_alloc", sys_page_alloc(0, HEAP + i * PGSIZE,
			perm));
	ipc_send(thisenv->env_parent_id, 0, NULL, 0);
	for (;;)
		sys_yield();
}

static void
show(const char *what, int npages, int perm)
{
	const envid_t child = start(npages, perm);

	const struct Cost save = cost_of(child, false);
	const struct Cost back = cost_of(child, true);

	cprintf("| %s | %d | %d | %d | %d |\n", what, save.calls,
		save.instructions, back.calls, back.instructions);
	destroy_and_wait(child);
}

void
umain(int argc, char **argv)
{
	struct Stat st;

	USED(argc), USED(argv);
	must("stat", stat("/amnesia", &st));	// the server has started
	show("a child that was forked", 0, 0);
	show("with 64 pages more that it may write to", NHEAP,
		PTE_P | PTE_U | PTE_W);
	show("with 64 pages more that it may not", NHEAP, PTE_P | PTE_U);
	cprintf("amnesiacost ok\n");
}
