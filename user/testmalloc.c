// user/testmalloc.c - blocks from malloc do not overlap and keep what is
// written to them until they are freed.
//
// Built only if there is a lib/malloc.c (user/Makefrag).

#include <inc/lib.h>

void *malloc(size_t size);
void free(void *block);

#define BLOCKS	64
#define ROUNDS	2000

static struct {
	uint8_t *start;			// NULL: not allocated
	size_t size;
	uint8_t fill;
} blocks[BLOCKS];

// Random numbers without a seed, so that a failure can be reproduced.
static uint32_t
next_random(void)
{
	static uint32_t state = 1;

	state = state * 1664525 + 1013904223;
	return state >> 8;
}

static void
take_block(int i)
{
	blocks[i].size = 1 + next_random() % 9000;
	blocks[i].fill = next_random();
	if ((blocks[i].start = malloc(blocks[i].size)) == NULL)
		panic("malloc of %d bytes failed", blocks[i].size);
	if ((uintptr_t) blocks[i].start % 4 != 0)
		panic("malloc returned %p, unaligned", blocks[i].start);
	memset(blocks[i].start, blocks[i].fill, blocks[i].size);
}

static void
give_back(int i)
{
	for (size_t at = 0; at < blocks[i].size; at++)
		if (blocks[i].start[at] != blocks[i].fill)
			panic("byte %d of %d changed in the block at %p",
				at, blocks[i].size, blocks[i].start);
	free(blocks[i].start);
	blocks[i].start = NULL;
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	for (int round = 0; round < ROUNDS; round++) {
		int i = next_random() % BLOCKS;

		if (blocks[i].start)
			give_back(i);
		else
			take_block(i);
	}
	for (int i = 0; i < BLOCKS; i++)
		if (blocks[i].start)
			give_back(i);
	free(NULL);
	cprintf("testmalloc ok\n");
}
