// ext/batch/user/forkcost.c - what a fork costs in three ways: how often it
// comes into the kernel, by a call or a fault, and how many instructions it takes
// until it returns in the parent.  Prints rows of the table in README.md.
// Instructions are right under QEMU's -icount shift=0 only.

#include <inc/x86.h>

#include <tests/user/test.h>

#include <ext/batch/batch.h>
#include <ext/sysfork/sysfork.h>
#include <ext/test.h>

#define BATCHES		3
#define MORE_PAGES	256

struct Cost {
	uint32_t entries, instructions;
};

static int
entries(int kind)
{
	return ext_call(SYS_entries, kind, 0, 0, 0, 0);
}

// The cost of a fork, less that of asking
static struct Cost
cost_of(envid_t (*fork_by)(void))
{
	const int before = entries(T_SYSCALL) + entries(T_PGFLT);
	const uint32_t start = read_tsc();
	const envid_t child = fork_by();

	if (child == 0)
		exit();

	const uint32_t end = read_tsc();
	const struct Cost c = { entries(T_SYSCALL) + entries(T_PGFLT) - before
		- 2, end - start };

	must("fork", child);
	wait(child);
	return c;
}

static struct Cost
lowest_cost(envid_t (*fork_by)(void))
{
	struct Cost lowest = { ~0u, ~0u };

	for (int i = 0; i < BATCHES; i++) {
		const struct Cost c = cost_of(fork_by);

		if (c.instructions < lowest.instructions)
			lowest = c;
	}
	return lowest;
}

// The ways to fork that are switched on
static struct Way {
	const char *name;
	envid_t (*fork_by)(void);
	bool is_on;
	struct Cost small, large;
} ways[] = {
	{ .name = "fork", .fork_by = fork, .is_on = true },
	{ .name = "`batch_fork`", .fork_by = batch_fork },
	{ .name = "`sys_fork`", .fork_by = sys_fork },
};

#define for_each_way(w)							\
	for (struct Way *w = ways; w < ways + ARRAY_SIZE(ways); w++)	\
		if (w->is_on)

static bool
has_sysfork(void)
{
	const envid_t child = sys_fork();

	if (child == 0)
		exit();
	if (child > 0)
		wait(child);
	return child > 0;
}

// What a call costs alone, and in a batch
static void
show_calls(void)
{
	static struct BatchedCall list[BATCH_MAX];
	uint32_t alone, batched, start;

	for (int i = 0; i < BATCH_MAX; i++)
		list[i].number = SYS_getenvid;
	sys_batch(list, BATCH_MAX, 0);
	start = read_tsc();
	for (int i = 0; i < BATCH_MAX; i++)
		sys_getenvid();
	alone = (uint32_t) read_tsc() - start;
	start = read_tsc();
	ext_call(SYS_batch, (uintptr_t) list, BATCH_MAX, 0, 0, 0);
	batched = (uint32_t) read_tsc() - start;
	cprintf("| null call | %d | %d |\n", alone / BATCH_MAX,
		batched / BATCH_MAX);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	wait_for_server();
	ways[1].is_on = sys_batch(NULL, 0, 0) == 0;
	ways[2].is_on = has_sysfork();
	if (ways[1].is_on)
		show_calls();
	for_each_way(w)
		w->small = lowest_cost(w->fork_by);
	for (int i = 0; i < MORE_PAGES; i++)
		must("sys_page_alloc", sys_page_alloc(0, (void *) 0x20000000 +
			i * PGSIZE, PTE_P | PTE_U | PTE_W));
	for_each_way(w)
		w->large = lowest_cost(w->fork_by);
	for_each_way(w)
		cprintf("| %s | %d | %d | %d | %d |\n", w->name,
			w->small.entries, w->small.instructions,
			w->large.entries, w->large.instructions);
	cprintf("forkcost ok\n");
}
