// A large array is zeros, holds what is written to it, and ends

#include <inc/lib.h>

#define N	(1024 * 1024)

uint32_t numbers[N];

void
umain(int argc, char **argv)
{
	int i;

	cprintf("Making sure bss works right...\n");
	for (i = 0; i < N; i++)
		if (numbers[i] != 0)
			panic("numbers[%d] isn't cleared!\n", i);
	for (i = 0; i < N; i++)
		numbers[i] = i;
	for (i = 0; i < N; i++)
		if (numbers[i] != i)
			panic("numbers[%d] didn't hold its value!\n", i);

	cprintf("Yes, good.  Now doing a wild write off the end...\n");
	numbers[N + 1024] = 0;
	panic("SHOULD HAVE TRAPPED!!!");
}
