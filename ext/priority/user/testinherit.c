// ext/priority/user/testinherit.c - who has its priority from whom; and that of
// several children the highest goes first.
//
// arguments: how many CPUs there are; by how much a child of sys_fork is above
// its parent.  A third one makes it a child that was spawned, which looks whether
// that is its own priority.

#include <ext/test.h>

#include <ext/priority/priority.h>
#include <ext/sysfork/sysfork.h>

static int *const shared = (int *) 0x10000000;

static void
set_priority(envid_t env, int priority)
{
	must("sys_env_set_priority", sys_env_set_priority(env, priority));
}

// -------------------------------------------------------------- inheritance

static void
test_exofork(int mine)
{
	const envid_t child = sys_exofork();

	must("sys_exofork", child);
	if (child == 0)
		exit();
	expect("exofork", sys_env_get_priority(child), mine);
	set_priority(child, mine - 1);
	expect("own, after a child's", sys_env_get_priority(0), mine);
	sys_env_destroy(child);
}

// A child has its parent's priority when it begins, and so has its own child.
static void
test_fork(int mine)
{
	const envid_t child = fork_or_panic();

	if (child == 0) {
		expect("fork", sys_env_get_priority(0), mine);
		set_priority(0, mine - 2);

		const envid_t its = fork_or_panic();

		if (its == 0) {
			expect("child's child", sys_env_get_priority(0),
				mine - 2);
			++*shared;
			exit();
		}
		wait(its);
		++*shared;
		exit();
	}
	wait(child);
	expect("own, after a child", sys_env_get_priority(0), mine);
	expect("children of fork that came to their end", *shared, 2);
}

// fork in one system call, if there is one
static void
test_sys_fork(int priority)
{
	const envid_t child = sys_fork();

	if (child == -E_INVAL)
		return;
	must("sys_fork", child);
	if (child == 0) {
		expect("sys_fork", sys_env_get_priority(0), priority);
		++*shared;
		exit();
	}
	wait(child);
	expect("children of fork and sys_fork", *shared, 3);
}

static void
test_spawn(int mine)
{
	char number[8];

	snprintf(number, sizeof(number), "%d", mine);

	const envid_t child = spawnl("/testinherit", "testinherit", "1", "0",
		number, NULL);

	must("spawn", child);
	wait(child);
}

// -------------------------------------------------------------------- order

#define NCHILDREN	4
#define TURNS		3

// A child that notes its turns, once it has a message.
static envid_t
start(char letter)
{
	const envid_t child = fork_or_panic();

	if (child == 0) {
		char *const log = (char *) (shared + 1);

		ipc_recv(NULL, NULL, NULL);
		for (int turn = 0; turn < TURNS; turn++) {
			log[strlen(log)] = letter;
			sys_yield();
		}
		exit();
	}
	return child;
}

// Children below us, all ready before the first of them runs
static void
test_order(int mine)
{
	static const int lower[NCHILDREN] = { 3, 1, 4, 2 };
	envid_t child[NCHILDREN];

	for (int i = 0; i < NCHILDREN; i++) {
		child[i] = start('0' + lower[i]);
		while (!envs[ENVX(child[i])].env_ipc_recving)
			sys_yield();
		set_priority(child[i], mine - lower[i]);
	}
	for (int i = 0; i < NCHILDREN; i++)
		must("ipc_send_queued", ipc_send_queued(child[i], 0, NULL, 0));
	for (int i = 0; i < NCHILDREN; i++)
		wait(child[i]);
	if (strcmp((char *) (shared + 1), "111222333444") != 0)
		panic("order: %s", (char *) (shared + 1));
}

void
umain(int argc, char **argv)
{
	const int mine = sys_env_get_priority(0);

	must("sys_env_get_priority", mine);
	if (argc == 4) {
		expect("spawn", mine, strtol(argv[3], NULL, 10));
		cprintf("spawned with priority %d\n", mine);
		return;
	}
	if (argc != 3)
		panic("usage: testinherit CPUS MORE");
	must("sys_page_alloc", sys_page_alloc(0, shared,
		PTE_P | PTE_U | PTE_W | PTE_SHARE));
	expect("the file server's", sys_env_get_priority(
		ipc_find_env(ENV_TYPE_FS)), PRIORITY_SERVER);
	test_exofork(mine);
	test_fork(mine);
	test_sys_fork(mine + strtol(argv[2], NULL, 10));
	test_spawn(mine);
	if (strtol(argv[1], NULL, 10) == 1)
		test_order(mine);
	cprintf("testinherit ok\n");
}
