// ext/locks/user/countlocks.c - how many instructions calls take, for -icount.

#include <tests/user/bench.h>

#include <ext/test.h>

#define LOOPS		100

static envid_t server;

static void
count(void)
{
	BENCH("null", LOOPS, NOTHING, TIMES(LOOPS, sys_getenvid()), NOTHING);
	BENCH("yield", LOOPS, NOTHING, TIMES(LOOPS, sys_yield()), NOTHING);
	BENCH("map", LOOPS, NOTHING, TIMES(LOOPS,
		sys_page_alloc(0, PAGE(0), RW);
		sys_page_unmap(0, PAGE(0))), NOTHING);
	BENCH("ipc", LOOPS, NOTHING, TIMES(LOOPS,
		ipc_call(server, i, NULL, 0, NULL)), NOTHING);
	BENCH("fork", 1, NOTHING, wait(start(exit)), NOTHING);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	wait_for_server();
	server = start(answer_calls);
	ipc_call(server, 0, NULL, 0, NULL);
	count();
	cprintf("countlocks ok\n");
	sys_poweroff(0);
}
