// tests/user/testlockfair.c - two programs make long system calls all the time,
// and a third makes a call now and then.  tests/run then asks the monitor how
// often the kernel lock went to the others first.

#include <inc/lib.h>

#include <tests/user/test.h>

#define RW	(PTE_P | PTE_U | PTE_W)
#define CALLS	4

#define PAGE	((char *) 0x10000000)
#define MANY	((char *) 0x20000000)

static void
keep_kernel_busy(void)
{
	const size_t npages = MAXRUN / 4;
	const struct PageRun run = {
		.srcva = MANY, .dstva = MANY + npages * PGSIZE,
		.npages = npages, .perm = RW
	};

	must("sys_page_alloc", sys_page_alloc(0, PAGE, RW));
	for (size_t i = 0; i < npages; i++)
		must("sys_page_map",
			sys_page_map(0, PAGE, 0, MANY + i * PGSIZE, RW));
	for (;;)
		must("sys_page_map_list", sys_page_map_list(0, &run, 1));
}

static envid_t
start_busy(void)
{
	envid_t child = fork_or_panic();

	if (child == 0)
		keep_kernel_busy();
	return child;
}

void
umain(int argc, char **argv)
{
	envid_t one = start_busy(), two = start_busy();

	USED(argc), USED(argv);

	for (int i = 0; i < CALLS; i++) {
		for (volatile int spin = 0; spin < 50000; spin++)
			;
		sys_yield();
	}
	destroy_and_wait(one);
	destroy_and_wait(two);
	cprintf("testlockfair ok\n");
}
