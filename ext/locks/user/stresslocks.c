// ext/locks/user/stresslocks.c - many environments that are created, changed,
// stopped and destroyed while they run, and that send each other pages, all at
// once.
//
// The argument is how many workers there are.

#include <tests/user/bench.h>

#define ROUNDS		10
#define SHOTS		40		// pages replaced under a running child
#define CALLS		20		// requests to the server, each round
#define MAXWORKERS	16

#define OLD		PAGE(0)
#define NEW		PAGE(1)
#define WINDOW		((volatile uint32_t *) PAGE(2))
#define FLAGS		((volatile struct Flags *) PAGE(3))
#define MESSAGE		PAGE(4)
#define REPLY		PAGE(5)

#define BAD		0xBAD0BAD0

struct Flags {
	uint32_t seen;			// by the child, in the window
	uint32_t stop;
};

static void
expect(const char *what, uint32_t got, uint32_t want)
{
	if (got != want)
		panic("%s: %x, not %x", what, got, want);
}

// ------------------------------------------------------- under a running child

static void
watch_window(void)
{
	while (!FLAGS->stop) {
		const uint32_t value = *WINDOW;

		if (value == BAD || value < FLAGS->seen)
			panic("sees %x after %x", value, FLAGS->seen);
		FLAGS->seen = value;
	}
}

// Replace the page in the child's window.  Once sys_page_map has returned, the
// child can see the old page, which is OLD here, no more: then it may become bad.
static void
replace(envid_t child, uint32_t value)
{
	must("sys_page_alloc", sys_page_alloc(0, NEW, RW));
	*(uint32_t *) NEW = value;
	must("sys_page_map", sys_page_map(0, NEW, child, (void *) WINDOW,
		PTE_P | PTE_U));
	*(uint32_t *) OLD = BAD;
	must("sys_page_map", sys_page_map(0, NEW, 0, OLD, RW));
	must("sys_page_unmap", sys_page_unmap(0, NEW));
}

static void
shoot_at_child(void)
{
	must("sys_page_alloc", sys_page_alloc(0, OLD, RW));
	must("sys_page_map", sys_page_map(0, OLD, 0, (void *) WINDOW,
		PTE_P | PTE_U | PTE_SHARE));
	must("sys_page_alloc", sys_page_alloc(0, (void *) FLAGS,
		RW | PTE_SHARE));

	const envid_t child = start(watch_window);

	for (int i = 1; i <= SHOTS; i++) {
		replace(child, i);
		if (i % 8 == 0) {
			must("stop", sys_env_set_status(child,
				ENV_NOT_RUNNABLE));

			const uint32_t seen = FLAGS->seen;

			sys_yield();
			expect("seen by a stopped child", FLAGS->seen, seen);
			must("start", sys_env_set_status(child, ENV_RUNNABLE));
		}
		while (i % 10 == 0 && FLAGS->seen != (uint32_t) i)
			sys_yield();
	}
	FLAGS->stop = 1;
	wait(child);
	unmap_pages(4);
}

// --------------------------------------------------------- ends of all kinds

// Never ends: all these are short traps.
static void
call_for_ever(void)
{
	for (int i = 0;; i++) {
		must("sys_page_alloc", sys_page_alloc(0, PAGE(10), RW));
		must("sys_page_map", sys_page_map(0, PAGE(10), 0, PAGE(11 + i %
			50), RW));
		must("sys_page_unmap", sys_page_unmap(0, PAGE(10)));
		expect("sys_getenvid", sys_getenvid(), thisenv->env_id);
		if (i % 3 == 0)
			sys_yield();
	}
}

static void
destroy_running_child(void)
{
	const envid_t child = start(call_for_ever);

	for (int i = 0; i < 5; i++)
		sys_yield();
	destroy_and_wait(child);
}

// A child that never runs gets pages, and is destroyed.
static void
build(void)
{
	const envid_t child = sys_exofork();

	must("sys_exofork", child);
	if (child == 0)
		panic("a child that nobody started runs");
	must("sys_page_alloc", sys_page_alloc(0, PAGE(0), RW));
	for (int i = 0; i < 30; i++)
		must("sys_page_map", sys_page_map(0, PAGE(0), child, PAGE(i),
			RW));
	for (int i = 0; i < 30; i += 2)
		must("sys_page_alloc", sys_page_alloc(child, PAGE(i), RW));
	for (int i = 0; i < 30; i += 3)
		must("sys_page_unmap", sys_page_unmap(child, PAGE(i)));
	must("sys_page_unmap", sys_page_unmap(0, PAGE(0)));
	must("sys_env_destroy", sys_env_destroy(child));
}

// ------------------------------------------------------------------ messages

// Answer this many requests with a page that says the same.
static void
serve(int requests)
{
	envid_t from;
	int value = ipc_recv(&from, MESSAGE, NULL);

	while (requests-- > 0) {
		expect("request", *(uint32_t *) MESSAGE, value);
		must("sys_page_alloc", sys_page_alloc(0, REPLY, RW));
		*(uint32_t *) REPLY = value + 1;
		if (requests == 0) {
			must("sys_ipc_reply", sys_ipc_reply(from, value + 1,
				REPLY, RW));
			break;
		}
		must("sys_ipc_reply_recv", sys_ipc_reply_recv(from, value + 1,
			REPLY, MESSAGE, RW));
		from = thisenv->env_ipc_from;
		value = thisenv->env_ipc_value;
	}
}

static void
ask(envid_t server, int value)
{
	must("sys_page_alloc", sys_page_alloc(0, MESSAGE, RW));
	*(uint32_t *) MESSAGE = value;
	expect("reply", ipc_call(server, value, MESSAGE, RW, REPLY), value + 1);
	expect("page of the reply", *(uint32_t *) REPLY, value + 1);
}

// The labs' two calls: a number to a child and back, from wherever it runs
static void
bounce(void)
{
	for (int i = 0; i < CALLS; i++) {
		envid_t from;
		const int value = ipc_recv(&from, NULL, NULL);

		ipc_send(from, value + 1, NULL, 0);
	}
}

static void
play(void)
{
	const envid_t child = start(bounce);

	for (int i = 0; i < CALLS; i++) {
		while (sys_ipc_try_send(child, i, (void *) UTOP, 0)
		       == -E_IPC_NOT_RECV)
			sys_yield();
		expect("number", ipc_recv(NULL, NULL, NULL), i + 1);
	}
	wait(child);
}

// ----------------------------------------------------------------------- all

static void
work(envid_t server, int me)
{
	for (int round = 0; round < ROUNDS; round++) {
		shoot_at_child();
		build();
		destroy_running_child();
		play();
		for (int i = 0; i < CALLS; i++)
			ask(server, me << 16 | round << 8 | i << 1);
		cprintf("worker %d, round %d\n", me, round);
	}
}

void
umain(int argc, char **argv)
{
	const int workers = argc > 1 ? strtol(argv[1], NULL, 10) : 4;
	const envid_t server = sys_getenvid();
	envid_t worker[MAXWORKERS];
	const int before = free_envs();

	if (workers < 1 || workers > MAXWORKERS)
		panic("not %d workers", workers);
	for (int i = 0; i < workers; i++)
		if ((worker[i] = fork_or_panic()) == 0) {
			work(server, i);
			return;
		}
	serve(workers * ROUNDS * CALLS);
	for (int i = 0; i < workers; i++)
		wait(worker[i]);
	while (free_envs() != before)
		sys_yield();		// some may still be freed
	expect("faults in the kernel", MAX(sys_debug(DEBUG_CHECK, 0), 0), 0);
	cprintf("stresslocks ok\n");
}
