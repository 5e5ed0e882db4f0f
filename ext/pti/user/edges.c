// ext/pti/user/edges.c - what the kernel copies from programs: over the end of
// a page, up to the end of what is mapped, and from where it must not.

#include <tests/user/bench.h>

#define END		((char *) PAGE(2))	// of two pages; then nothing
#define SHARED		((volatile bool *) PAGE(8))
#define PAGES_AT(va)	PTE_ADDR(uvpt[PGNUM(va)])

// Calls that read len bytes at p, and return 0 if they should
static const struct Call {
	const char *name;
	size_t len;
	int (*call)(const char *p);
} *now;

static envid_t child;			// to try trap frames on

static int
print(const char *p)
{
	sys_cputs(p, 16);
	return 0;
}

static int
print_much(const char *p)
{
	sys_cputs(p, 300);
	return 0;
}

static int
set_trapframe(const char *p)
{
	const struct Trapframe *tf = (const struct Trapframe *) p;
	const volatile struct Env *e = &envs[ENVX(child)];
	const int r = sys_env_set_trapframe(child, (struct Trapframe *) p);

	if (r == 0 && (e->env_tf.tf_eip != tf->tf_eip
	    || e->env_tf.tf_regs.reg_edi != tf->tf_regs.reg_edi
	    || e->env_tf.tf_esp != tf->tf_esp))
		panic("another frame");
	return r;
}

static int
map_list(const char *p)
{
	const struct PageRun *run = (const struct PageRun *) p;
	const int r = sys_page_map_list(child, run, 1);

	if (r == 1 && sys_page_held(child, run->srcva, run->dstva)
	    != (int) PGNUM(run->dstva))
		panic("another page");
	return r == 1 ? 0 : r;
}

static const struct Call calls[] = {
	{ "print", 16, print },
	{ "print much", 300, print_much },
	{ "set a trap frame", sizeof(struct Trapframe), set_trapframe },
	{ "map a list", sizeof(struct PageRun), map_list },
};

// Write bytes that are good for the call: text, also as a trap frame; or a run.
static void
fill(char *p, const struct Call *c)
{
	const struct PageRun run = {
		.srcva = PAGE(0), .dstva = PAGE(0), .npages = 1,
		.perm = PTE_P | PTE_U,
	};

	for (size_t i = 0; i < c->len; i++)
		p[i] = i + 1 == c->len ? '\n' : 'a' + i % 26;
	if (c->call == map_list)
		memcpy(p, &run, sizeof(run));
}

static void
good(const char *p)
{
	const int r = now->call(p);

	if (r != 0)
		panic("%s at %p: %d", now->name, p, r);
}

// A child that passes p must end in this call.
static void
bad(const char *p)
{
	*SHARED = false;

	const envid_t id = fork_or_panic();

	if (id == 0) {
		now->call(p);
		*SHARED = true;
		exit();
	}
	wait(id);
	if (*SHARED)
		panic("%s at %p: the program goes on", now->name, p);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	// The two pages are no neighbours in the memory of the machine.
	must("sys_page_alloc", sys_page_alloc(0, PAGE(1), RW));
	must("sys_page_alloc", sys_page_alloc(0, (void *) SHARED,
		RW | PTE_SHARE));
	must("sys_page_alloc", sys_page_alloc(0, PAGE(0), RW));
	if (PAGES_AT(PAGE(1)) == PAGES_AT(PAGE(0)) + PGSIZE)
		panic("these pages are neighbours");
	must("sys_exofork", child = sys_exofork());

	for (now = calls; now < calls + ARRAY_SIZE(calls); now++) {
		const size_t len = now->len;
		char *const places[] = {
			PAGE(0), (char *) PAGE(1) - 1,
			(char *) PAGE(1) - len / 2, PAGE(1) - len + 1,
			END - len,
		};

		for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
			fill(places[i], now);
			good(places[i]);
		}
		bad(END - len + 1);
		bad(END - 1);
		bad(END);
		bad(NULL);
		bad((char *) PAGE(0) - 1);
		bad((char *) ULIM - 1);
		bad((char *) ULIM);
		bad((char *) KSTACKTOP - len);
		bad((char *) KERNBASE);
		bad((char *) (0u - len));
		bad((char *) (0u - 1));
	}

	// From the windows: this program's registers, and its page table
	now = &calls[2];
	good((const char *) &envs[ENVX(sys_getenvid())].env_tf);
	good((const char *) &uvpt[PGNUM(PAGE(0))]);
	good((const char *) &pages[0]);

	must("sys_env_destroy", sys_env_destroy(child));
	cprintf("edges ok\n");
}
