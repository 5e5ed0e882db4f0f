// ext/exceptions/user/excdie.c - how programs with handlers end.
//
//	excdie		children end in each of the ways, one after the other

#include <inc/lib.h>

#include <ext/exceptions/exceptions.h>

static void
divide(void)
{
	__asm__ volatile("xorl %%edx, %%edx; divl %%edx"
		: : : "eax", "edx", "cc");
}

static void
ignore(struct UTrapframe *utf)
{
	USED(utf);
}

static void
divide_again(struct UTrapframe *utf)
{
	USED(utf);
	divide();
}

// The trap has no handler, though another has one
static void
unhandled(void)
{
	set_exception_handler(T_ILLOP, ignore);
	divide();
}

// It had a handler
static void
given_up(void)
{
	set_exception_handler(T_DIVIDE, ignore);
	set_exception_handler(T_DIVIDE, NULL);
	divide();
}

// The handler raises the same exception each time, until the stack is used up
static void
recursive(void)
{
	set_exception_handler(T_DIVIDE, divide_again);
	divide();
}

// The same with memory below the exception stack
static void
overflowing(void)
{
	sys_page_alloc(0, (void *) (UXSTACKTOP - 2 * PGSIZE),
		PTE_P | PTE_U | PTE_W);
	recursive();
}

static void
no_stack(void)
{
	set_exception_handler(T_DIVIDE, ignore);
	sys_page_unmap(0, (void *) (UXSTACKTOP - PGSIZE));
	divide();
}

static const struct {
	const char *name;
	void (*run)(void);
} all[] = {
#define W(name) { #name, name }
	W(unhandled), W(given_up), W(recursive), W(overflowing), W(no_stack),
};

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		const envid_t child = fork();

		if (child < 0)
			panic("fork: %e", child);
		if (child == 0) {
			cprintf("%s\n", all[i].name);
			all[i].run();
			panic("%s goes on", all[i].name);
		}
		wait(child);
	}
	cprintf("excdie ok\n");
}
