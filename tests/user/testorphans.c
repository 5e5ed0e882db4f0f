// tests/user/testorphans.c - what becomes of environments whose parent has
// ended: those that nobody can start any more end, too, the others live on.

#include <inc/lib.h>

#include <tests/user/test.h>

#define GENERATIONS	600

static void
stop(envid_t id)
{
	int r = sys_env_set_status(id, ENV_NOT_RUNNABLE);

	if (r < 0)
		panic("sys_env_set_status: %e", r);
}

// Take all environments there are.  Returns how many.
static int
take_all(envid_t children[])
{
	int n = 0;

	while ((children[n] = sys_exofork()) > 0)
		n++;
	if (children[n] != -E_NO_FREE_ENV)
		panic("sys_exofork: %e", children[n]);
	return n;
}

static int
count_free(void)
{
	static envid_t children[NENV];
	int n = take_all(children);

	for (int i = 0; i < n; i++)
		sys_env_destroy(children[i]);
	return n;
}

// ------------------------------------------------------------- never started

// A child takes all that is left, and ends; or we end it.
static void
test_never_started(bool by_us)
{
	static envid_t children[NENV];
	envid_t me = sys_getenvid(), child;

	if ((child = fork_or_panic()) == 0) {
		ipc_send(me, take_all(children), NULL, 0);
		while (by_us)
			sys_getenvid();
		exit();
	}
	if (ipc_recv(NULL, NULL, NULL) == 0)
		panic("there was no environment left");
	if (by_us)
		sys_env_destroy(child);
	wait(child);
}

// ------------------------------------------------------------------- stopped

// Many generations, each of which stops the next when that is through.
static void
descend(int generations)
{
	envid_t child;

	do {
		if (generations-- == 0)
			break;
		child = fork_or_panic();
	} while (child == 0);

	if (generations >= 0) {
		ipc_recv(NULL, NULL, NULL);
		stop(child);
	}
	ipc_send(thisenv->env_parent_id, 0, NULL, 0);
	for (;;)
		sys_yield();
}

static void
test_generations(void)
{
	envid_t child = fork_or_panic();

	if (child == 0)
		descend(GENERATIONS);
	ipc_recv(NULL, NULL, NULL);
	sys_env_destroy(child);
	wait(child);
}

// One that stops itself after its parent ended.
static void
test_stops_itself(void)
{
	envid_t me = sys_getenvid(), child, grandchild;

	if ((child = fork_or_panic()) == 0) {
		if ((grandchild = fork_or_panic()) == 0) {
			wait(thisenv->env_parent_id);
			stop(0);
			panic("it goes on, although stopped");
		}
		ipc_send(me, grandchild, NULL, 0);
		exit();
	}
	grandchild = ipc_recv(NULL, NULL, NULL);
	wait(grandchild);
}

// ------------------------------------------------------------------- live on

// One that receives can be woken by anybody, and one that waits will be.
static void
test_live_on(void)
{
	envid_t me = sys_getenvid(), child, receiver, waiter;

	if ((child = fork_or_panic()) == 0) {
		if ((receiver = fork_or_panic()) == 0) {
			ipc_send(me, ipc_recv(NULL, NULL, NULL) + 1, NULL, 0);
			exit();
		}
		if ((waiter = fork_or_panic()) == 0) {
			wait(receiver);
			ipc_send(me, 17, NULL, 0);
			exit();
		}
		while (!envs[ENVX(receiver)].env_ipc_recving
		       || envs[ENVX(waiter)].env_status != ENV_NOT_RUNNABLE)
			sys_yield();
		ipc_send(me, receiver, NULL, 0);
		exit();
	}
	receiver = ipc_recv(NULL, NULL, NULL);
	wait(child);
	if (is_gone(receiver))
		panic("one that receives ended with its parent");
	ipc_send(receiver, 4, NULL, 0);
	if (ipc_recv(NULL, NULL, NULL) != 5)
		panic("one that received says something else");
	if (ipc_recv(NULL, NULL, NULL) != 17)
		panic("one that waited says something else");
	wait(receiver);
}

// With its parent there, one that is stopped stays.
static void
test_parent_there(void)
{
	envid_t me = sys_getenvid(), child = fork_or_panic();

	if (child == 0) {
		stop(0);
		ipc_send(me, 3, NULL, 0);
		exit();
	}
	while (envs[ENVX(child)].env_status != ENV_NOT_RUNNABLE)
		sys_yield();
	for (int i = 0; i < 100; i++)
		sys_yield();
	if (is_gone(child))
		panic("one that stopped itself is gone");
	sys_env_set_status(child, ENV_RUNNABLE);
	if (ipc_recv(NULL, NULL, NULL) != 3)
		panic("one that was started again says something else");
	wait(child);
}

static void
test_all(void)
{
	test_never_started(false);
	test_never_started(true);
	test_generations();
	test_stops_itself();
	test_live_on();
	test_parent_there();
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	// Before anybody else is on its way out
	const int before = count_free();

	test_live_on();
	test_all();

	// The last ones may still be on their way out on other CPUs
	for (int turn = 0; count_free() != before; turn++) {
		if (turn == 1000)
			panic("%d environments are left over",
				before - count_free());
		sys_yield();
	}
	cprintf("testorphans ok\n");
}
