// tests/user/testbootmem.c - a program that takes all memory while the file
// server still starts does not end it for good: when the memory is there again,
// so are the files.

#include <tests/user/fuzz.h>

#define HELD	200		// turns

void
umain(int argc, char **argv)
{
	uintptr_t va = (uintptr_t) FUZZ_POOL;
	struct Stat st;
	int r;

	USED(argc), USED(argv);
	while ((r = sys_page_alloc(0, (void *) va, FUZZ_RW)) == 0)
		va += PGSIZE;
	if (r != -E_NO_MEM)
		panic("sys_page_alloc: %e", r);
	for (int turn = 0; turn < HELD; turn++) {
		if (sys_page_alloc(0, (void *) va, FUZZ_RW) == 0)
			va += PGSIZE;
		sys_yield();
	}
	while (va > (uintptr_t) FUZZ_POOL)
		sys_page_unmap(0, (void *) (va -= PGSIZE));

	for (int turn = 0; (r = stat("/motd", &st)) < 0; turn++) {
		if (turn == 20 * FUZZ_PATIENCE)
			panic("stat: %e", r);
		sys_yield();
	}
	check_server();
	check_child();
	cprintf("testbootmem ok\n");
}
