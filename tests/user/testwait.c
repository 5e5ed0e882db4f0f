// tests/user/testwait.c - sleeping until an environment has ended, or until
// there is console input.

#include <inc/lib.h>

#include <tests/user/test.h>

#define MANY		50

static void
test_errors(envid_t gone)
{
	int r;

	if ((r = sys_env_wait(gone)) != -E_BAD_ENV)
		panic("waiting for one that is gone: %e", r);
	if ((r = sys_env_wait(-1)) != -E_BAD_ENV)
		panic("waiting for one that cannot be: %e", r);
	if ((r = sys_env_wait(sys_getenvid())) != -E_INVAL)
		panic("waiting for ourselves: %e", r);
	if ((r = sys_env_wait(0)) != -E_INVAL)
		panic("waiting for ourselves as 0: %e", r);
	wait(gone);
}

// Children end at once: before, during and after the call of wait.
static void
test_quick_ends(void)
{
	envid_t children[MANY];

	for (int i = 0; i < MANY; i++) {
		if ((children[i] = fork_or_panic()) == 0)
			exit();
		if (i % 2 == 0) {
			wait(children[i]);
			if (!is_gone(children[i]))
				panic("wait returned too early");
		}
	}
	for (int i = 0; i < MANY; i++) {
		wait(children[i]);
		if (!is_gone(children[i]))
			panic("wait returned too early");
	}
	test_errors(children[0]);
}

// Two environments wait for a third, which is not their child, and then send a
// message.  An environment that is destroyed while it waits does no harm.
static void
test_several_waiters(void)
{
	envid_t me = sys_getenvid(), sleeper, waiters[3];

	if ((sleeper = fork_or_panic()) == 0) {
		ipc_recv(NULL, NULL, NULL);
		exit();
	}
	for (int i = 0; i < 3; i++)
		if ((waiters[i] = fork_or_panic()) == 0) {
			wait(sleeper);
			ipc_send(me, !is_gone(sleeper), NULL, 0);
			exit();
		}
	for (int i = 0; i < 3; i++)
		expect_asleep("a waiter", waiters[i]);

	sys_env_destroy(waiters[2]);
	ipc_send(sleeper, 0, NULL, 0);
	for (int i = 0; i < 2; i++)
		if (ipc_recv(NULL, NULL, NULL) != 0)
			panic("a waiter was told too early");
	for (int i = 0; i < 3; i++)
		wait(waiters[i]);
}

// Wait for a child that is destroyed.
static void
test_destroyed(void)
{
	envid_t child, waiter;

	if ((child = fork_or_panic()) == 0)
		for (;;)
			sys_yield();
	if ((waiter = fork_or_panic()) == 0) {
		wait(child);
		exit();
	}
	expect_asleep("a waiter", waiter);
	sys_env_destroy(child);
	if (!is_gone(child))
		panic("sys_env_destroy returned before the child was gone");
	wait(waiter);
}

// Without input, a program that waits for the console sleeps, and can be
// destroyed.  Before lab 5 the console has no interrupts: there sys_cons_wait
// returns at once.
static void
test_console(void)
{
	bool interrupts = ipc_find_env(ENV_TYPE_FS) != 0;
	envid_t child;
	int r;

	while (sys_cgetc() != 0)
		;
	if ((child = fork_or_panic()) == 0) {
		while ((r = sys_cons_wait()) == 0)
			sys_yield();
		panic("sys_cons_wait: %e", r);
	}
	if (interrupts)
		expect_no_turns("a reader", child);
	sys_env_destroy(child);
	wait(child);
}

// The receiver of a message is to run next on that CPU, but not if it sleeps on
// the console by then.
static void
test_console_after_message(void)
{
	volatile bool *woken = (volatile bool *) 0xA0000000;
	envid_t child;

	must("sys_page_alloc", sys_page_alloc(0, (void *) woken,
		PTE_P | PTE_U | PTE_W | PTE_SHARE));
	if ((child = fork_or_panic()) == 0) {
		ipc_recv(NULL, NULL, NULL);
		sys_cons_wait();
		*woken = true;
		exit();
	}
	expect_asleep("a receiver", child);
	ipc_send(child, 0, NULL, 0);
	for (int i = 0; i < 20; i++)
		sys_yield();
	if (*woken)
		panic("somebody who waits for the console was woken");
	destroy_and_wait(child);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	test_quick_ends();
	test_several_waiters();
	test_destroyed();
	test_console();
	test_console_after_message();
	cprintf("testwait ok\n");
}
