// ext/cowbad/user/xstack.c - three ends by a page fault, each of which the
// kernel reports in other words: no upcall; an exception stack that is used up;
// the same, with a page below it.

#include <inc/lib.h>

#define XSTACK		(UXSTACKTOP - PGSIZE)

static volatile uint32_t *volatile nowhere;

// Faults again, so that the next frame lies below.
static void
fault_again(struct UTrapframe *utf)
{
	USED(utf);
	*nowhere = 0;
}

static void
no_upcall(void)
{
	sys_env_set_pgfault_upcall(0, NULL);
	*nowhere = 0;
}

static void
overflow(void)
{
	set_pgfault_handler(fault_again);
	*nowhere = 0;
}

static void
overflow_into_a_page(void)
{
	sys_page_alloc(0, (void *) (XSTACK - PGSIZE), PTE_P | PTE_U | PTE_W);
	overflow();
}

static void
try(const char *what, void (*function)(void))
{
	cprintf("now: %s\n", what);

	envid_t child = fork();

	if (child < 0)
		panic("fork: %e", child);
	if (child == 0) {
		function();
		panic("it went well");
	}
	wait(child);
}

void
umain(int argc, char **argv)
{
	USED(argc);
	USED(argv);
	try("no upcall", no_upcall);
	try("overflow", overflow);
	try("overflow into a page", overflow_into_a_page);
	cprintf("xstack ok\n");
}
