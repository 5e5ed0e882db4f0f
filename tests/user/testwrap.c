// tests/user/testwrap.c - the kernel checks every byte of memory that a program
// passes it: at the edges of pages, at the edge of the kernel's memory, and
// with lengths that wrap around the end of the address space.
//
// A child tries each case.  In an invalid case the kernel must end the child
// and print nothing; in a valid case the child must go on.

#include <inc/lib.h>

// Two mapped pages between unmapped ones
#define PAGES	((char *) 0x0A000000)
#define MIDDLE	(PAGES + PGSIZE)
#define END	(PAGES + 2 * PGSIZE)

static const char text[] = "this line starts on one page, ends on the next\n";
#define SPLIT	20			// bytes of the text on the first page
#define LEN	(sizeof(text) - 1)

enum { DIES, LIVES };

// ------------------------------------------------------------------- cases

static void
print(const char *s, size_t len)
{
	sys_cputs(s, len);
}

// The kernel reads the whole struct Trapframe before it checks the id, which is
// invalid here.
static void
set_trapframe(const char *tf, size_t len)
{
	USED(len);
	sys_env_set_trapframe(-1, (struct Trapframe *) tf);
}

#define TFLEN	sizeof(struct Trapframe)

static const struct {
	const char *what;
	void (*call)(const char *start, size_t len);
	const char *start;
	size_t len;
	int fate;
} cases[] = {
	{ "across mapped pages", print, MIDDLE - SPLIT, LEN, LIVES },
	{ "last byte", print, END - 1, 1, LIVES },
	{ "first byte", print, PAGES, 1, LIVES },
	{ "no bytes", print, PAGES, 0, LIVES },
	{ "no bytes at the end", print, END, 0, LIVES },
	{ "no bytes of the kernel", print, (char *) KERNBASE, 0, LIVES },

	{ "byte behind", print, END, 1, DIES },
	{ "byte before", print, PAGES - 1, 1, DIES },
	{ "from before into", print, PAGES - 1, 2, DIES },
	{ "one byte too many", print, END - 1, 2, DIES },
	{ "a page too many", print, PAGES, 2 * PGSIZE + 1, DIES },
	{ "null", print, NULL, 1, DIES },
	{ "first of the kernel", print, (char *) ULIM, 1, DIES },
	{ "kernel code", print, (char *) 0xF0100000, 1, DIES },
	{ "last byte of all", print, (char *) 0xFFFFFFFF, 1, DIES },
	{ "last page of all", print, (char *) 0xFFFFF000, PGSIZE, DIES },
	{ "round from the top", print, (char *) 0xFFFFFFFF, 2, DIES },
	{ "up to the kernel", print, PAGES, ULIM - (uintptr_t) PAGES, DIES },
	{ "into the kernel", print, PAGES, 0xF0000000, DIES },
	{ "all but a byte", print, PAGES, 0xFFFFFFFF, DIES },
	{ "round to 0", print, PAGES, -(uintptr_t) PAGES, DIES },
	{ "round to the start", print, PAGES + 1, 0xFFFFFFFF, DIES },
	{ "round to before it", print, MIDDLE, 0xFFFFF000, DIES },

	{ "frame up to the end", set_trapframe, END - TFLEN, TFLEN, LIVES },
	{ "frame across pages", set_trapframe, MIDDLE - 4, TFLEN, LIVES },
	{ "frame past the end", set_trapframe, END - TFLEN + 1, TFLEN, DIES },
	{ "frame on both", set_trapframe, END - 4, TFLEN, DIES },
	{ "frame from before", set_trapframe, PAGES - 4, TFLEN, DIES },
	{ "frame round", set_trapframe, (char *) -4, TFLEN, DIES },
	{ "kernel frame", set_trapframe, (char *) KERNBASE, TFLEN, DIES },
};

// ------------------------------------------------------------------ driver

// Wait until a child is gone, or sleeps in sys_ipc_recv.
static int
fate_of(envid_t child)
{
	const volatile struct Env *e = &envs[ENVX(child)];

	for (;;) {
		if (e->env_id != child || e->env_status == ENV_FREE)
			return DIES;
		if (e->env_ipc_recving) {
			sys_env_destroy(child);
			return LIVES;
		}
		sys_yield();
	}
}

void
umain(int argc, char **argv)
{
	int r;

	USED(argc), USED(argv);

	if ((r = sys_page_alloc(0, PAGES, PTE_P | PTE_U | PTE_W)) < 0
	    || (r = sys_page_alloc(0, MIDDLE, PTE_P | PTE_U | PTE_W)) < 0)
		panic("sys_page_alloc: %e", r);
	memset(PAGES, '\n', 2 * PGSIZE);
	memcpy(MIDDLE - SPLIT, text, LEN);

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		envid_t child = fork();

		if (child < 0)
			panic("fork: %e", child);
		if (child == 0) {
			cases[i].call(cases[i].start, cases[i].len);
			sys_ipc_recv((void *) UTOP);
		}
		if (fate_of(child) != cases[i].fate)
			panic("%s: the child should have %s", cases[i].what,
				cases[i].fate == DIES ? "died" : "lived");
	}
	cprintf("testwrap ok\n");
}
