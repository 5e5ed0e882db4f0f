// user/testbss.c - uninitialised data starts as zeros, keeps what is written
// to it, and has the right size.
//
// The last step writes past the end and must fault.

#include <inc/lib.h>

#define WORDS		(1024 * 1024)	// 4 MiB: more than one page table
#define PAGEWORDS	(PGSIZE / sizeof(uint32_t))

static volatile uint32_t bigarray[WORDS];

void
umain(int argc, char **argv)
{
	// A volatile pointer, so that the compiler cannot tell its value
	volatile uint32_t *volatile wild = bigarray;

	USED(argc), USED(argv);

	cprintf("Making sure bss works right...\n");
	for (int i = 0; i < WORDS; i++)
		if (bigarray[i] != 0)
			panic("bigarray[%d] isn't cleared!", i);
	for (int i = 0; i < WORDS; i++)
		bigarray[i] = i;
	for (int i = 0; i < WORDS; i++)
		if (bigarray[i] != (uint32_t) i)
			panic("bigarray[%d] didn't hold its value!", i);

	// The library's variables may follow the array, so write to page after
	// page until one is not mapped.
	cprintf("Yes, good.  Now doing a wild write off the end...\n");
	for (unsigned page = 1; page <= 64; page++)
		wild[WORDS + page * PAGEWORDS] = 0;
	panic("SHOULD HAVE TRAPPED!!!");
}
