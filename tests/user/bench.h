// tests/user/bench.h - counting instructions: what tests/user/bench*.c
// share.
//
// Under QEMU's -icount shift=0, the time stamp counter goes up by one with
// each instruction (a REP string instruction counts one for each round).  The
// clock interrupts every 10 million, so of several batches the lowest counts.

#ifndef JOS_TESTS_USER_BENCH_H
#define JOS_TESTS_USER_BENCH_H

#include <inc/lib.h>
#include <inc/x86.h>

#include <tests/user/test.h>

#define BATCHES		3

static inline void
report(const char *key, uint32_t count)
{
	cprintf("bench: %s %u\n", key, count);
}

// How long the CPU was idle, in which time the counter goes on.
static inline uint32_t
idle_time(void)
{
	return (uint32_t) sys_debug(DEBUG_IDLE_TIME, 0);
}

// How many instructions a statement takes, which does not wait for devices.
#define COUNT(statement) ({						\
	uint32_t before = (uint32_t) read_tsc();			\
	statement;							\
	(uint32_t) read_tsc() - before;					\
})

// The same of one that may.
#define COUNT_BUSY(statement) ({					\
	uint32_t idle = idle_time();					\
	uint32_t count = COUNT(statement);				\
	count - ((idle_time() - idle) & 0x7FFFFFFF);			\
})

// Report how many instructions one of n operations takes; the statement does
// them all.  What prepares for it and what undoes it is not counted.
#define BENCH_BY(count_by, key, n, setup, statement, undo) do {		\
	uint32_t lowest = ~0u;						\
	for (int batch = 0; batch < BATCHES; batch++) {			\
		setup;							\
		uint32_t count = count_by(statement);			\
		lowest = MIN(lowest, count);				\
		undo;							\
	}								\
	report(key, lowest / (n));					\
} while (0)

#define BENCH(...)	BENCH_BY(COUNT, __VA_ARGS__)
#define BENCH_DISK(...)	BENCH_BY(COUNT_BUSY, __VA_ARGS__)

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

// Start a child that does this.
static inline envid_t
start(void (*program)(void))
{
	envid_t child = fork_or_panic();

	if (child == 0) {
		program();
		exit();
	}
	return child;
}

// What children do

static inline void
yield_for_ever(void)
{
	for (;;)
		sys_yield();
}

static inline void
answer_calls(void)
{
	void *const no_page = (void *) UTOP;
	int r = sys_ipc_recv(no_page);

	while (r >= 0)
		r = sys_ipc_reply_recv(thisenv->env_ipc_from,
			thisenv->env_ipc_value, no_page, no_page, 0);
}

static inline int
open_or_panic(const char *path, int mode)
{
	int fd = open(path, mode);

	must(path, fd);
	return fd;
}

static inline void
run_program(const char *program)
{
	envid_t child = spawnl(program, program, NULL);

	must(program, child);
	wait(child);
}

#endif // JOS_TESTS_USER_BENCH_H
