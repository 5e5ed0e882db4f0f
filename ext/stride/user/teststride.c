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
	must("sys_page_alloc", sys_page_alloc(0, shared,
		PTE_P | PTE_U | PTE_W | PTE_SHARE));
	test_rules();
	test_shares(argc > 1 ? strtol(argv[1], NULL, 10) : 1);
	test_server();
	cprintf("teststride ok\n");
}
