// user/bench.h - counting instructions: what user/bench*.c share.
//
// Under QEMU's -icount shift=0, the time stamp counter goes up by one with
// each instruction (a REP string instruction counts one for each round).  The
// clock interrupts every 10 million, so of several batches the lowest counts.

#ifndef JOS_USER_BENCH_H
#define JOS_USER_BENCH_H

#include <inc/lib.h>
#include <inc/x86.h>

#include <user/test.h>

#define BATCHES		3

static inline void
report(const char *key, uint32_t count)
{
	cprintf("bench: %s %u\n", key, count);
}

// How many instructions a statement takes.
#define COUNT(statement) ({						\
	uint32_t before = (uint32_t) read_tsc();			\
	statement;							\
	(uint32_t) read_tsc() - before;					\
})

// Report how many instructions one of n operations takes; the statement does
// them all.  What prepares for it and what undoes it is not counted.
#define BENCH(key, n, setup, statement, undo) do {			\
	uint32_t lowest = ~0u;						\
	for (int batch = 0; batch < BATCHES; batch++) {			\
		setup;							\
		uint32_t count = COUNT(statement);			\
		lowest = MIN(lowest, count);				\
		undo;							\
	}								\
	report(key, lowest / (n));					\
} while (0)

#define TIMES(n, statement) \
	for (int i = 0; i < (n); i++) { statement; }

#define NOTHING		((void) 0)

// Pages for the tests to use
#define AREA		((char *) 0x10000000)
#define PAGE(i)		((void *) (AREA + (i) * PGSIZE))
#define RW		(PTE_P | PTE_U | PTE_W)

static inline void
alloc_pages(int n)
{
	for (int i = 0; i < n; i++)
		must("sys_page_alloc", sys_page_alloc(0, PAGE(i), RW));
}

static inline void
unmap_pages(int n)
{
	for (int i = 0; i < n; i++)
		must("sys_page_unmap", sys_page_unmap(0, PAGE(i)));
}

static inline void
write_pages(int n)
{
	for (int i = 0; i < n; i++)
		*(volatile char *) PAGE(i) = 1;
}

#endif // JOS_USER_BENCH_H
