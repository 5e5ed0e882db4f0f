// tests/user/testbootmem.c - takes all memory, again and again, while the file
// server starts: the server must not end, but wait for memory.

#include <tests/user/fuzz.h>

#define ROUNDS	100
#define AT_ONCE	2		// pages freed in a round
#define HELD	50		// turns without free memory

static uintptr_t end = (uintptr_t) FUZZ_POOL;	// of the pages taken

static void
take_all(void)
{
	int r;

	while ((r = sys_page_alloc(0, (void *) end, FUZZ_RW)) == 0)
		end += PGSIZE;
	if (r != -E_NO_MEM)
		panic("sys_page_alloc: %e", r);
}

static void
give_back(uint32_t n)
{
	while (n-- > 0 && end > (uintptr_t) FUZZ_POOL)
		sys_page_unmap(0, (void *) (end -= PGSIZE));
}

void
umain(int argc, char **argv)
{
	struct Stat st;
	int r;

	USED(argc), USED(argv);
	for (int round = 0; round < ROUNDS; round++) {
		take_all();
		for (int turn = 0; turn < HELD; turn++)
			sys_yield();
		give_back(AT_ONCE);
	}
	give_back(-1);

	for (int turn = 0; (r = stat("/motd", &st)) < 0; turn++) {
		if (turn == 20 * FUZZ_TURNS)
			panic("stat: %e", r);
		sys_yield();
	}
	check_server();
	check_child();
	cprintf("testbootmem ok\n");
}
