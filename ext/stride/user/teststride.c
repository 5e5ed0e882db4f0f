// ext/stride/user/teststride.c - time in proportion to shares, and who may
// change them.
//
// The argument says how many CPUs there are.

#include <ext/test.h>

#include <ext/stride/stride.h>

#define NSHARES		3
#define TURNS		200		// of those with the smallest share

// What parent and children share
static struct Shared {
	volatile bool over;
	volatile uint32_t turns[NSHARES];	// of all with that share
} *const shared = (struct Shared *) 0x10000000;

static const uint32_t share[NSHARES] = { 30, 20, 10 };

static void
set_share(envid_t env, uint32_t share)
{
	must("sys_env_set_share", sys_env_set_share(env, share));
}

// A child that computes, a little in each turn.  The first one that has had
// TURNS turns of the smallest share ends it for all.
static envid_t
start_computing(int kind, envid_t parent)
{
	const envid_t child = fork_or_panic();

	if (child != 0)
		return child;
	ipc_recv(NULL, NULL, NULL);
	for (int turn = 0; !shared->over; turn++) {
		for (volatile int step = 0; step < 3000; step++)
			;
		shared->turns[kind]++;
		if (kind == NSHARES - 1 && turn == TURNS) {
			shared->over = true;
			ipc_send_queued(parent, 0, NULL, 0);
		}
		sys_yield();
	}
	ipc_recv(NULL, NULL, NULL);
	exit();
}

// Is `part' of `sum' so near to what it should be?
static void
expect_share(const char *what, int kind, uint32_t part, uint32_t sum,
	uint32_t percent)
{
	const uint32_t ideal = (uint64_t) sum * share[kind] / 60;

	if (part * 100 < ideal * (100 - percent)
	    || part * 100 > ideal * (100 + percent))
		panic("share %d has %d %s of %d", share[kind], part, what, sum);
}

// NSHARES children for each CPU, so that nobody's part is more than one CPU
static void
test_shares(int ncpu)
{
	envid_t child[NSHARES][ncpu];
	uint32_t time[NSHARES] = { 0 }, all_time = 0, turns = 0;

	for (int i = 0; i < NSHARES * ncpu; i++) {
		child[i % NSHARES][i / NSHARES] =
			start_computing(i % NSHARES, sys_getenvid());
		set_share(child[i % NSHARES][i / NSHARES], share[i % NSHARES]);
	}
	for (int i = 0; i < NSHARES * ncpu; i++)
		ipc_send_queued(child[i % NSHARES][i / NSHARES], 0, NULL, 0);
	ipc_recv(NULL, NULL, NULL);
	for (int i = 0; i < NSHARES; i++) {
		for (int n = 0; n < ncpu; n++)
			time[i] += sys_env_get_time(child[i][n]);
		all_time += time[i];
		turns += shared->turns[i];
	}
	cprintf("turns %d : %d : %d, time %d : %d : %d\n", shared->turns[0],
		shared->turns[1], shared->turns[2], time[0], time[1], time[2]);
	for (int i = 0; i < NSHARES; i++)
		if (ncpu == 1)
			expect_share("turns", i, shared->turns[i], turns, 1);
		else
			expect_share("time", i, time[i], all_time, 10);
	for (int i = 0; i < NSHARES * ncpu; i++)
		destroy_and_wait(child[i % NSHARES][i / NSHARES]);
}

// What the child of exofork below does, with the parent's program and an own stack
static void
try_shares(void)
{
	shared->turns[1] = sys_env_set_share(0, 41) == -E_INVAL
		&& sys_env_set_share(0, 40) == 0;
	sys_env_destroy(0);
}

// A child that does not run yet.
static envid_t
create(void (*f)(void))
{
	const envid_t child = sys_exofork();
	struct Trapframe tf = envs[ENVX(child)].env_tf;
	extern char end[];

	must("sys_exofork", child);
	for (char *va = (char *) UTEXT; va < end; va += PGSIZE)
		if (page_is_mapped(va))
			must("sys_page_map", sys_page_map(0, va, child, va,
				PTE_P | PTE_U));
	must("sys_page_map", sys_page_map(0, shared, child, shared,
		PTE_P | PTE_U | PTE_W));
	must("sys_page_alloc", sys_page_alloc(child,
		(void *) (USTACKTOP - PGSIZE), PTE_P | PTE_U | PTE_W));
	tf.tf_eip = (uintptr_t) f;
	tf.tf_esp = USTACKTOP;
	must("sys_env_set_trapframe", sys_env_set_trapframe(child, &tf));
	return child;
}

// A child has the share that its parent had when the child began, which nobody
// else's share changes later.
static void
test_inheritance(void)
{
	const envid_t child = fork_or_panic();

	if (child == 0) {
		set_share(0, 40);

		const envid_t first = fork_or_panic();

		if (first == 0) {
			expect("above the parent's", sys_env_set_share(0, 41),
				-E_INVAL);
			set_share(0, 40);
			shared->turns[0]++;
			exit();
		}
		wait(first);

		const envid_t second = create(try_shares);

		set_share(0, 30);	// before anybody has looked at it
		must("start", sys_env_set_status(second, ENV_RUNNABLE));
		wait(second);
		expect("share when the child began", shared->turns[1], true);
		shared->turns[0]++;
		exit();
	}
	wait(child);
	expect("children that came to their end", shared->turns[0], 2);
}

static void
test_rules(void)
{
	expect("above its own", sys_env_set_share(0, SHARE_DEFAULT + 1),
		-E_INVAL);
	expect("share 0", sys_env_set_share(0, 0), -E_INVAL);
	expect("not its child", sys_env_set_share(ipc_find_env(ENV_TYPE_FS), 3),
		-E_BAD_ENV);

	const envid_t me = sys_getenvid(), child = fork_or_panic();

	if (child == 0) {
		const envid_t mine = sys_exofork();

		if (mine == 0)
			exit();
		expect("of the parent", sys_env_set_share(me, 1), -E_BAD_ENV);
		set_share(0, 40);		// after the child was created
		expect("raised", sys_env_set_share(0, 41), -E_INVAL);
		set_share(mine, 30);
		expect("child above", sys_env_set_share(mine, 41), -E_INVAL);
		sys_env_destroy(mine);
		exit();
	}
	wait(child);
}

// ------------------------------------------------------- sleep and handoffs

#define BEFORE		200		// turns
#define AFTER		60
#define ROUNDS		10

// A child that computes in turns, which it counts, once it has a message
static envid_t
start_counting(int i)
{
	const envid_t child = fork_or_panic();

	if (child != 0)
		return child;
	ipc_recv(NULL, NULL, NULL);
	for (;;) {
		for (volatile int step = 0; step < 3000; step++)
			;
		shared->turns[i]++;
		sys_yield();
	}
}

static void
clear(void)
{
	memset(shared, 0, sizeof(*shared));
}

// All whom a program wakes in one turn run soon after, not only the last.
static void
test_woken(void)
{
	envid_t child[5];
	const int n = ARRAY_SIZE(child);

	clear();
	for (int i = 0; i < n; i++)
		if ((child[i] = fork_or_panic()) == 0) {
			ipc_recv(NULL, NULL, NULL);
			shared->turns[0]++;
			ipc_recv(NULL, NULL, NULL);
		}
	for (int i = 0; i < n; i++)
		while (!envs[ENVX(child[i])].env_ipc_recving)
			sys_yield();
	for (int i = 0; i < n; i++)
		must("send", ipc_send_queued(child[i], 0, NULL, 0));
	for (int i = 0; i < 10 * n; i++)
		sys_yield();
	expect("of those that were woken have run", shared->turns[0], n);
	for (int i = 0; i < n; i++)
		destroy_and_wait(child[i]);
}

// Have two count turns until they had AFTER more: each must have its half, more
// or less.
static void
expect_halves(const char *when, int one, int other)
{
	const uint32_t until_now = shared->turns[one];
	const uint32_t all = until_now + shared->turns[other] + AFTER;

	while (shared->turns[one] + shared->turns[other] < all)
		sys_yield();

	const uint32_t had = shared->turns[one] - until_now;

	if (had < AFTER / 3 || had > AFTER * 2 / 3)
		panic("of %d turns %s, one had %d", AFTER, when, had);
}

// The next environment in the slot of one that ended while it waited for a CPU
// is as any other.
static void
test_destroyed(void)
{
	for (int round = 0; round < ROUNDS; round++) {
		envid_t child[2];

		clear();
		for (int i = 0; i < 2; i++)
			child[i] = start_counting(i);
		for (int i = 0; i < 2; i++)
			must("send", ipc_send_queued(child[i], 0, NULL, 0));
		if (round % 2 == 1)
			expect_halves("in the slots of others", 0, 1);
		for (int i = 0; i < 2; i++)
			must("sys_env_destroy", sys_env_destroy(child[i]));
	}
}

// One that has slept has its share afterwards, and no more.
static void
test_sleep(void)
{
	clear();

	const envid_t busy = start_counting(0), sleeper = start_counting(1);

	must("send", ipc_send_queued(busy, 0, NULL, 0));
	while (shared->turns[0] < BEFORE)
		sys_yield();
	must("send", ipc_send_queued(sleeper, 0, NULL, 0));

	expect_halves("after a sleep", 0, 1);
	destroy_and_wait(busy);
	destroy_and_wait(sleeper);
}

#define TRIPS		500
#define TRIPS_A_TURN	100

// Two that hand the CPU to and fro keep it from nobody, not even for a tick.
static void
test_handoff(void)
{
	clear();

	const envid_t busy = start_counting(0), server = fork_or_panic();

	if (server == 0) {
		envid_t from;

		ipc_recv(&from, NULL, NULL);
		for (;;)
			ipc_reply_recv(from, 0, NULL, 0, (void *) UTOP);
	}

	uint32_t turns = 0, trips = 0, most = 0;

	must("send", ipc_send_queued(busy, 0, NULL, 0));
	for (int i = 0; i < TRIPS; i++) {
		ipc_call(server, 0, NULL, 0, NULL);
		trips = shared->turns[0] == turns ? trips + 1 : 0;
		turns = shared->turns[0];
		most = MAX(most, trips);
	}
	cprintf("%d round trips, %d turns of another; at most %d trips in a "
		"row\n", TRIPS, turns, most);
	if (turns == 0 || most > TRIPS_A_TURN)
		panic("a turn of another after %d round trips", most);
	destroy_and_wait(busy);
	destroy_and_wait(server);
}

// A small share gets on, too, and is served.
static void
test_server(void)
{
	envid_t child[3];
	char text[64];

	for (int i = 0; i < 3; i++)
		if ((child[i] = fork_or_panic()) == 0)
			for (;;)
				;
	set_share(0, SHARE_DEFAULT / 2);
	for (int i = 0; i < 2; i++) {
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
	test_rules();
	test_inheritance();
	clear();
	test_shares(ncpu);
	if (ncpu == 1) {
		test_woken();
		test_destroyed();
		test_sleep();
		test_handoff();
	}
	test_server();
	cprintf("teststride ok\n");
}
