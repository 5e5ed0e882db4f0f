// ext/pti/user/nullcount.c - how many instructions calls take, for -icount.

#include <tests/user/bench.h>

#include <ext/test.h>

#define LOOPS		100

static void
touch(struct UTrapframe *utf)
{
	must("sys_page_alloc", sys_page_alloc(0, (void *) ROUNDDOWN(
		utf->utf_fault_va, PGSIZE), RW));
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	wait_for_server();
	BENCH("null", LOOPS, NOTHING, TIMES(LOOPS, sys_getenvid()), NOTHING);
	BENCH("yield", LOOPS, NOTHING, TIMES(LOOPS, sys_yield()), NOTHING);
	BENCH("alloc", LOOPS, NOTHING, TIMES(LOOPS,
		sys_page_alloc(0, PAGE(0), RW);
		sys_page_unmap(0, PAGE(0))), NOTHING);

	set_pgfault_handler(touch);
	BENCH("fault", LOOPS, NOTHING, write_pages(LOOPS), unmap_pages(LOOPS));

	const envid_t server = start(answer_calls);
	ipc_call(server, 0, NULL, 0, NULL);
	BENCH("ipc", LOOPS, NOTHING, TIMES(LOOPS,
		ipc_call(server, i, NULL, 0, NULL)), NOTHING);
	BENCH("fork", 1, NOTHING, wait(start(exit)), NOTHING);
	cprintf("nullcount ok\n");
	sys_poweroff(0);
}
