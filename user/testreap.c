// user/testreap.c - what a large program had is given back while others go on.
//
// A program with very many mappings ends while no CPU but ours has anything
// to do: the idle one gives them back, and meanwhile we tell the scheduler again
// and again that somebody could run who cannot.

#include <inc/lib.h>

#include <user/test.h>

#define RW		(PTE_P | PTE_U | PTE_W)

#define SOURCE		((char *) 0x20000000)
#define MANY		((char *) 0x30000000)
#define MANY_RUNS	1200		// up to where descriptors are
#define RUNS_OF_PAGE	100		// more than 65535 references do not fit

static void
map_very_many(void)
{
	for (uintptr_t i = 0; i < MANY_RUNS; i++) {
		const struct PageRun run = {
			.srcva = SOURCE, .dstva = MANY + i * MAXRUN * PGSIZE,
			.perm = PTE_P | PTE_U, .npages = MAXRUN,
		};

		if (i % RUNS_OF_PAGE == 0) {
			must("sys_page_alloc", sys_page_alloc(0, SOURCE, RW));
			for (int n = 1; n < MAXRUN; n++)
				must("sys_page_map", sys_page_map(0, SOURCE, 0,
					SOURCE + n * PGSIZE, RW));
		}
		must("map_runs", map_runs(0, &run, 1));
	}
}

void
umain(int argc, char **argv)
{
	USED(argc);
	USED(argv);

	envid_t large = fork_or_panic();

	if (large == 0) {
		map_very_many();
		exit();
	}

	envid_t stopped = sys_exofork();

	if (stopped == 0)
		exit();
	must("sys_exofork", stopped);
	while (!is_gone(large))
		must("stop", sys_env_set_status(stopped, ENV_NOT_RUNNABLE));
	must("sys_env_destroy", sys_env_destroy(stopped));
	cprintf("testreap ok\n");
}
