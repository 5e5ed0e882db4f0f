// ext/regions/cost.h - what a page fault and a fork take, in instructions,
// which are right under QEMU's -icount shift=0 only.

#ifndef JOS_EXT_REGIONS_COST_H
#define JOS_EXT_REGIONS_COST_H

#include <inc/lib.h>
#include <inc/x86.h>

#include <ext/test.h>

#define ROUNDS		8
#define HANDLED		0x10000000	// a handler maps the page here

static inline void
map_page(struct UTrapframe *utf)
{
	sys_page_alloc(0, (void *) ROUNDDOWN(utf->utf_fault_va, PGSIZE),
		PTE_P | PTE_U | PTE_W);
}

// Print a row of README.md with the fewest instructions of some rounds.

static inline void
show_fault(const char *row)
{
	uint32_t lowest = ~0u;

	for (int i = 0; i < ROUNDS; i++) {
		sys_page_unmap(0, (void *) HANDLED);

		const uint32_t start = read_tsc();

		*(volatile char *) HANDLED = 1;

		const uint32_t took = (uint32_t) read_tsc() - start;

		lowest = MIN(lowest, took);
	}
	cprintf("| %s | %d |\n", row, lowest);
}

static inline void
show_fork(const char *row)
{
	uint32_t lowest = ~0u;

	for (int i = 0; i < ROUNDS; i++) {
		const uint32_t start = read_tsc();
		const envid_t child = fork();

		if (child == 0)
			exit();

		const uint32_t took = (uint32_t) read_tsc() - start;

		if (child < 0)
			panic("fork: %e", child);
		lowest = MIN(lowest, took);
		wait(child);
	}
	cprintf("| %s | %d |\n", row, lowest);
}

#endif // JOS_EXT_REGIONS_COST_H
