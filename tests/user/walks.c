// tests/user/walks.c - takes the walks of README.md.  tests/test-walks sees by
// the functions here where each walk begins and ends.

#include <inc/lib.h>

#include <tests/user/test.h>

#define PAGE	((void *) 0x10000000)
#define APART	__attribute__((noinline))

static volatile int shared = 1;		// copy-on-write after fork

void APART
walk_over(void)
{
	__asm__ volatile("");		// so that calls are not omitted
}

void APART
walk_call(void)
{
	must("sys_page_alloc", sys_page_alloc(0, PAGE, PTE_P | PTE_U | PTE_W));
	walk_over();
}

void APART
walk_fault(void)
{
	shared = 2;
	walk_over();
}

void APART
walk_read(int file)
{
	char text[100];

	must("read", read(file, text, sizeof(text)));
	walk_over();
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	walk_over();			// the walk through the boot
	walk_call();

	const envid_t child = fork_or_panic();

	if (child == 0)
		return;
	walk_fault();
	wait(child);

	const int file = open("lorem", O_RDONLY);

	must("open", file);
	walk_read(file);
	cprintf("walks ok\n");
}
