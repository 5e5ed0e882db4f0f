// ext/batch/user/forkcost.c - what a fork costs in three ways: how often it
// comes into the kernel, and how many instructions it takes until it returns in
// the parent.  Instructions are right under QEMU's -icount shift=0 only.

#include <inc/x86.h>

#include <tests/user/test.h>

#include <ext/batch/batch.h>
#include <ext/sysfork/sysfork.h>

#define BATCHES		3
#define MORE_PAGES	256

struct Cost {
	uint32_t calls, faults, instructions;
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
	const int calls = entries(T_SYSCALL), faults = entries(T_PGFLT);
	const uint32_t start = read_tsc();
	const envid_t child = fork_by();

	if (child == 0)
		exit();

	const uint32_t end = read_tsc();
	const struct Cost c = { entries(T_SYSCALL) - calls - 2,
		entries(T_PGFLT) - faults, end - start };

	must("fork", child);
	wait(child);
	return c;
}

static void
show(const char *how, const char *size, envid_t (*fork_by)(void))
{
	struct Cost lowest = { ~0u, ~0u, ~0u };

	for (int i = 0; i < BATCHES; i++) {
		const struct Cost c = cost_of(fork_by);

		if (c.instructions < lowest.instructions)
			lowest = c;
	}
	cprintf("%s, %s: %d calls, %d faults, %d instructions\n", how, size,
		lowest.calls, lowest.faults, lowest.instructions);
}

static void
show_all(const char *size)
{
	show("fork", size, fork);
	if (sys_batch(NULL, 0, 0) == 0)
		show("batch_fork", size, batch_fork);
	show("sys_fork", size, sys_fork);
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
	cprintf("null call: %d alone, %d in a batch\n", alone / BATCH_MAX,
		batched / BATCH_MAX);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	// What the file server does while it starts would count, too.
	if (ipc_find_env(ENV_TYPE_FS)) {
		const int fd = open("/motd", O_RDONLY);

		must("open", fd);
		close(fd);
	}
	show_calls();
	show_all("small");
	for (int i = 0; i < MORE_PAGES; i++)
		must("sys_page_alloc", sys_page_alloc(0, (void *) 0x20000000 +
			i * PGSIZE, PTE_P | PTE_U | PTE_W));
	show_all("256 pages more");
	cprintf("forkcost ok\n");
}
