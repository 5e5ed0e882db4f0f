// tests/user/testallocfail.c - an operation that gets no memory returns an
// error and changes nothing.
//
// An operation is tried with its first page allocation failing, then with its
// second, and so on until it succeeds (DEBUG_FAIL_ALLOC, so this program needs
// DEBUG=check).  After each failure the kernel must find no mistake in its
// data, and as many pages and environments must be free as before.

#include <inc/lib.h>

#include <tests/user/test.h>

#define RW	(PTE_P | PTE_U | PTE_W)
#define RO	(PTE_P | PTE_U)

#define PAGE	((char *) 0x0A000000)	// a page of this program
#define FAR	((char *) 0xB0000000)	// an address without a page table
#define MANY	100			// no operation takes so many pages

static envid_t server, child;

// ------------------------------------------------------ what must not change

struct State {
	int pages, envs, ours;
};

static void
until_receiving(envid_t id)
{
	while (!envs[ENVX(id)].env_ipc_recving)
		sys_yield();
}

// Count free pages, environments, and pages that this program maps.
static struct State
look(void)
{
	struct State s = { 0, 0, 0 };

	if (server)
		until_receiving(server);
	for (uintptr_t va = UPAGES; va < UVPT && page_is_mapped((void *) va);
	     va += PGSIZE) {
		const volatile struct PageInfo *pp = (void *) va;

		for (unsigned i = 0; i < PGSIZE / sizeof(*pp); i++)
			s.pages += pp[i].pp_ref == 0;
	}
	for (int i = 0; i < NENV; i++)
		s.envs += envs[i].env_status != ENV_FREE;
	for (uintptr_t va = UTOP; prev_mapped(&va); )
		s.ours++;
	return s;
}

static void
compare(const char *name, int k, struct State was, struct State is)
{
	if (is.pages != was.pages || is.envs != was.envs || is.ours != was.ours)
		panic("%s, page %d refused: %d free pages, %d environments, "
			"%d mappings; before: %d, %d, %d", name, k, is.pages,
			is.envs, is.ours, was.pages, was.envs, was.ours);
	if ((k = sys_debug(DEBUG_CHECK, 0)) != 0)
		panic("%s: the kernel has %d faults", name, k);
}

// ---------------------------------------------------------------- operations
// Each returns an error, or the argument that its undo function needs.

static void
end_child(int r)
{
	USED(r);
	must("sys_env_destroy", sys_env_destroy(child));
	wait(child);
}

// Make a child that has no pages and no page tables.
static void
new_child(void)
{
	must("sys_exofork", child = sys_exofork());
}

// Make a child that waits for a page at an address without a page table.
static void
new_receiver(void)
{
	must("fork", child = fork());
	if (child == 0) {
		sys_ipc_recv(FAR);
		for (;;)
			sys_env_destroy(0);
	}
	until_receiving(child);
}

static int
try_page_alloc(void)
{
	return sys_page_alloc(child, FAR, RW);
}

static int
try_page_map(void)
{
	return sys_page_map(0, PAGE, child, FAR, RO);
}

static int
try_map_list(void)
{
	const struct PageRun run = { PAGE, FAR, RO, 1, 0 };
	int r = sys_page_map_list(child, &run, 1);

	return r == 1 ? 0 : r;
}

static int
try_page_copy(void)
{
	return sys_page_copy(PAGE, child, FAR, RO);
}

static int
try_send(void)
{
	int r = sys_ipc_try_send(child, 0, PAGE, RO);

	if (r < 0 && !envs[ENVX(child)].env_ipc_recving)
		panic("a send that failed woke the receiver");
	return r;
}

static int
try_exofork(void)
{
	return child = sys_exofork();
}

// The child must write nothing: with sfork, it shares its parent's memory.
static int
try_fork(void)
{
	int r = fork();

	while (r == 0)
		sys_env_destroy(0);
	return r;
}

static int
try_sfork(void)
{
	int r = sfork();

	while (r == 0)
		sys_env_destroy(0);
	return r;
}

static int
try_spawn(void)
{
	return spawnl("/echo", "echo", NULL);
}

static void
wait_for(int r)
{
	wait(r);
}

static int
try_pipe(void)
{
	int pfd[2], r = pipe(pfd);

	return r < 0 ? r : pfd[0] << 8 | pfd[1];
}

static int
try_open(void)
{
	int fd = open("/lorem", O_RDONLY);

	return fd < 0 ? fd : fd << 8 | fd;
}

static int
try_dup(void)
{
	int fds = try_pipe(), r;

	if (fds < 0)
		return fds;
	close(fds & 0xFF);
	if ((r = dup(fds >> 8, 20)) < 0) {
		close(fds >> 8);
		return r;
	}
	return (fds & ~0xFF) | r;
}

static void
close_both(int fds)
{
	close(fds >> 8);
	close(fds & 0xFF);
}

// ---------------------------------------------------------------------- loop

static const struct Operation {
	const char *name;
	void (*prepare)(void);
	int (*try)(void);
	void (*undo)(int result);	// after a success
	void (*clean)(int result);	// undoes prepare
	int least;			// pages that try takes at least
} operations[] = {
	{ "sys_page_alloc", new_child, try_page_alloc, NULL, end_child, 2 },
	{ "sys_page_map", new_child, try_page_map, NULL, end_child, 1 },
	{ "sys_page_map_list", new_child, try_map_list, NULL, end_child, 1 },
	{ "sys_page_copy", new_child, try_page_copy, NULL, end_child, 2 },
	{ "sys_exofork", NULL, try_exofork, end_child, NULL, 2 },
	{ "sys_ipc_try_send", new_receiver, try_send, wait_for, end_child, 1 },
	{ "fork", NULL, try_fork, wait_for, NULL, 6 },
	{ "sfork", NULL, try_sfork, wait_for, NULL, 6 },
	{ "pipe", NULL, try_pipe, close_both, NULL, 3 },
	{ "dup", NULL, try_dup, close_both, NULL, 3 },
	{ "open", NULL, try_open, close_both, NULL, 0 },
	{ "spawn", NULL, try_spawn, wait_for, NULL, 8 },
};

// Try the operation once, with its k-th allocation failing.  Returns whether
// one failed.
static bool
try_once(const struct Operation *op, int k)
{
	if (op->prepare)
		op->prepare();

	struct State before = look();
	int armed = sys_debug(DEBUG_FAIL_ALLOC, k);
	int r = op->try();
	int struck = sys_debug(DEBUG_FAIL_ALLOC, 0);

	if (armed < 0 || struck < 0)
		panic("this needs a kernel started with DEBUG=check");
	if (struck ? r != -E_NO_MEM : r < 0)
		panic("%s, page %d %s: returned %d", op->name, k,
			struck ? "refused" : "granted", r);
	if (struck)
		compare(op->name, k, before, look());
	else if (op->undo && op->undo != wait_for)
		op->undo(r);
	else if (op->undo)
		op->undo(op->prepare ? child : r);
	if (op->clean && (struck || !op->undo))
		op->clean(r);
	return struck;
}

static void
try_all(const struct Operation *op)
{
	int k = 1;

	// Let the operation allocate the page tables that stay in use here
	try_once(op, MANY);
	try_once(op, MANY);

	struct State before = look();

	while (try_once(op, k))
		if (++k == MANY)
			panic("%s does not get by", op->name);
	compare(op->name, k, before, look());
	if (k - 1 < op->least)
		panic("%s takes only %d pages", op->name, k - 1);
	cprintf("%s: each of %d pages was refused\n", op->name, k - 1);
}

// ------------------------------------- operations that cannot return an error

static volatile char data[2 * PGSIZE];	// used by no other operation

static void
write_data(void)
{
	data[PGSIZE] = 1;
}

static void
use_fpu(void)
{
	__asm__ volatile("fldz; fstp %%st(0)" : : : "memory");
}

// Have a child do something that takes a page but cannot return an error.  If
// the allocation fails, the child must end, and nothing else may change.
static void
try_ending(const char *name, void (*act)(void))
{
	volatile char *went_on = PAGE;

	must("page", sys_page_alloc(0, PAGE, RW | PTE_SHARE));
	for (int round = 0; round < 3; round++) {
		struct State before = look();
		const bool refuse = round == 1;

		*went_on = 0;
		must("fork", child = fork());
		if (child == 0) {
			sys_debug(DEBUG_FAIL_ALLOC, refuse);
			act();
			*went_on = 1;
			for (;;)
				sys_env_destroy(0);
		}
		wait(child);
		if (*went_on == refuse)
			panic("%s, in round %d: %s", name, round,
				refuse ? "went on" : "ended");
		if (round > 0)		// the first fork allocates what stays
			compare(name, refuse, before, look());
	}
	cprintf("%s: ended without a page, and went on with one\n", name);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	server = ipc_find_env(ENV_TYPE_FS);
	data[PGSIZE] = 0;
	must("page", sys_page_alloc(0, PAGE, RW));
	must("page", sys_page_alloc(0, FAR, RW));	// its page table stays
	must("page", sys_page_unmap(0, FAR));

	try_ending("first use of floating point", use_fpu);
	try_ending("copy on write", write_data);

	use_fpu();				// so children get an FPU page
	must("page", sys_page_alloc(0, PAGE, RW));
	for (unsigned i = 0; i < ARRAY_SIZE(operations); i++)
		try_all(&operations[i]);
	cprintf("testallocfail ok\n");
}
