// ext/priority/user/testpriority.c - who runs when, and who may change it.
//
// The argument says how many CPUs there are; with one, the order is exact.

#include "order.h"

#define TRIES		5

// What parent and children share
static struct Shared {
	volatile uint32_t runs;		// of all children
	volatile uint32_t count[64];	// of child i, while it spins
} *const shared = (struct Shared *) 0x10001000;

static envid_t parent;

static void
clear(void)
{
	log_clear();
	memset(shared, 0, sizeof(*shared));
}

// -------------------------------------------------------------------- order

// A child with this priority, which notes its letter in each of some turns
static envid_t
start_noting(char letter, int priority, int turns)
{
	const envid_t child = fork_or_panic();

	if (child == 0) {
		ipc_recv(NULL, NULL, NULL);
		for (int turn = 0; turn < turns; turn++) {
			note(letter);
			sys_yield();
		}
		shared->runs += thisenv->env_runs;
		exit();
	}
	lower_when_asleep(child, priority);
	return child;
}

// Higher ones first, from their first turn to the end; equals in turn.
static void
test_order(void)
{
	static const struct {
		char letter;
		int priority;
	} who[] = { { 'd', 3 }, { 'b', 9 }, { 'e', 3 }, { 'a', 12 },
		{ 'f', 0 }, { 'c', 9 }, };
	envid_t child[ARRAY_SIZE(who)];
	const int n = ARRAY_SIZE(who), turns = 3;

	// A tick that ends the turn of a child moves it behind its equals, and
	// then it runs once more than it yields: that attempt does not count.
	for (int try = 0; try < TRIES; try++) {
		clear();
		for (int i = 0; i < n; i++)
			child[i] = start_noting(who[i].letter, who[i].priority,
				turns);
		for (int i = 0; i < n; i++)
			send(child[i], 0);
		for (int i = 0; i < n; i++)
			wait(child[i]);
		cprintf("order %s, %d runs\n", log->text, shared->runs);
		if (log_is("aaabcbcbcdededefff"))
			return;
	}
	panic("not once in this order: aaabcbcbcdededefff");
}

// ------------------------------------------------------------------ messages

// A child that waits for a message, then notes its letter, and replies
static envid_t
start_receiver(char letter, int priority)
{
	const envid_t child = fork_or_panic();

	if (child == 0) {
		envid_t from;

		ipc_recv(&from, NULL, NULL);
		note(letter);
		ipc_reply_recv(from, 7, NULL, 0, (void *) UTOP);
		exit();
	}
	lower_when_asleep(child, priority);
	return child;
}

// A message to a higher one lets it run at once, before the sender's call
// returns; one to a lower one does not.
static void
test_wakeup(int receiver, const char *want)
{
	clear();

	const envid_t to = start_receiver('r', receiver);
	const envid_t from = fork_or_panic();

	if (from == 0) {
		set_priority(0, 5);
		note('(');
		send(to, 0);
		note(')');
		ipc_recv_from(to, NULL);
		exit();
	}
	wait(from);
	destroy_and_wait(to);
	expect_log("message", want);
}

// sys_ipc_call hands the CPU to the receiver, unless somebody with a higher
// priority is ready; and so does the reply.
static void
test_handoff(void)
{
	clear();

	const envid_t server = start_receiver('s', 3);
	const envid_t middle = start_receiver('m', 6);
	const envid_t client = fork_or_panic();

	if (client == 0) {
		set_priority(0, 9);
		send(middle, 0);		// ready, but lower
		note('c');
		expect("reply", ipc_call(server, 0, NULL, 0, NULL), 7);
		note('C');
		exit();
	}
	wait(client);
	destroy_and_wait(middle);
	destroy_and_wait(server);
	expect_log("handoff", "cmsC");
}

// ------------------------------------------------------------- several CPUs

#define ENOUGH		3000000		// counts

// Child number i counts.  If `tells', it sends a message when that is enough,
// and never waits for its receiver.
static envid_t
start_counting(int i, bool tells)
{
	const envid_t child = fork_or_panic();

	if (child == 0) {
		ipc_recv(NULL, NULL, NULL);
		for (;;)
			if (++shared->count[i] >= ENOUGH && tells)
				tells = sys_ipc_try_send(parent, i,
					(void *) UTOP, 0) < 0;
	}
	lower_when_asleep(child, PRIORITY_MAX - 1 - i);
	return child;
}

// Of 2 * ncpu children that count, the ncpu highest run, and no other ever
// does.  When one of them ends, the next one runs, too.
static void
test_highest(int ncpu)
{
	envid_t child[2 * ncpu];
	int last = ncpu - 1;		// the lowest that runs

	clear();
	parent = sys_getenvid();
	for (int i = 0; i < 2 * ncpu; i++)
		child[i] = start_counting(i, i >= last);
	for (int i = 0; i < 2 * ncpu; i++)
		send(child[i], 0);
	for (; last < 2 * ncpu; last++) {
		expect("who runs", ipc_recv(NULL, NULL, NULL), last);
		for (int i = last + 1; i < 2 * ncpu; i++)
			expect("counts of a low one", shared->count[i], 0);
		destroy_and_wait(child[last - (ncpu - 1)]);
	}
	for (int i = ncpu + 1; i < 2 * ncpu; i++)
		destroy_and_wait(child[i]);
}

// -------------------------------------------------------------------- rules

static void
test_rules(void)
{
	const envid_t me = sys_getenvid();

	expect("first", sys_env_get_priority(0), PRIORITY_MAX);
	expect("the server", sys_env_get_priority(ipc_find_env(ENV_TYPE_FS)),
		PRIORITY_SERVER);
	expect("above the highest", sys_env_set_priority(0, PRIORITY_MAX + 1),
		-E_INVAL);
	expect("below the lowest", sys_env_set_priority(0, -1), -E_INVAL);
	expect("not its child", sys_env_set_priority(
		ipc_find_env(ENV_TYPE_FS), 3), -E_BAD_ENV);

	const envid_t child = fork_or_panic();

	if (child == 0) {
		ipc_recv(NULL, NULL, NULL);
		set_priority(0, 8);
		expect("own", sys_env_get_priority(0), 8);
		expect("raised", sys_env_set_priority(0, 9), -E_INVAL);
		expect("of the parent", sys_env_set_priority(me, 1),
			-E_BAD_ENV);

		const envid_t mine = sys_exofork();

		if (mine == 0)
			exit();
		set_priority(0, 4);	// after the child was created
		expect("inherited", sys_env_get_priority(mine), 8);
		expect("child above", sys_env_set_priority(mine, 5), -E_INVAL);
		set_priority(mine, 2);
		expect("set", sys_env_get_priority(mine), 2);
		sys_env_destroy(mine);
		send(me, sys_env_get_priority(0));
		exit();
	}
	set_priority(child, 6);
	set_priority(child, 10);	// a parent may raise it again
	send(child, 0);
	expect("of the child", ipc_recv(NULL, NULL, NULL), 4);
	wait(child);
}

// The file server serves even if those who never sleep are as high as we are.
static void
test_server(void)
{
	envid_t child[3];
	char text[64];

	for (int i = 0; i < 3; i++)
		if ((child[i] = fork_or_panic()) == 0)
			for (;;)
				;
	for (int i = 0; i < 20; i++) {
		const int fd = open("/motd", O_RDONLY);

		must("open", fd);
		must("read", read(fd, text, sizeof(text)));
		close(fd);
	}
	for (int i = 0; i < 3; i++)
		destroy_and_wait(child[i]);
}

void
umain(int argc, char **argv)
{
	const int ncpu = argc > 1 ? strtol(argv[1], NULL, 10) : 1;

	must("sys_page_alloc", sys_page_alloc(0, shared,
		PTE_P | PTE_U | PTE_W | PTE_SHARE));
	log_start();
	test_rules();
	if (ncpu == 1) {
		test_order();
		test_wakeup(9, "(r)");
		test_wakeup(2, "()r");
		test_handoff();
	}
	test_highest(ncpu);
	test_server();
	cprintf("testpriority ok\n");
}
