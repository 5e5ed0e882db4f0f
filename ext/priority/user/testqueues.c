// ext/priority/user/testqueues.c - who waits for a CPU is neither forgotten nor in
// the wrong queue, whatever happens to it meanwhile.
//
// The argument says how many CPUs there are; with one, the order is exact, but for
// a tick that ends a child's turn and moves it behind its equals: so each test is
// tried some times.  The parent is above all children: they wait in their queues
// until it sleeps.

#include "order.h"

#include <ext/batch/batch.h>

#define NMANY		40
#define TRIES		5

static bool one_cpu;

// How often each child of many() ran
static volatile uint32_t *const ran = (uint32_t *) 0x10001000;

// A child that notes its letter once it has a message
static envid_t
start(char letter, int priority)
{
	const envid_t child = fork_or_panic();

	if (child == 0) {
		ipc_recv(NULL, NULL, NULL);
		note(letter);
		exit();
	}
	lower_when_asleep(child, priority);
	return child;
}

// ------------------------------------------------------------------- batches

// Send to n in one system call.
static void
send_all(const envid_t *to, int n)
{
	static struct BatchedCall list[BATCH_MAX];

	for (int i = 0; i < n; i++)
		list[i] = (struct BatchedCall) { SYS_ipc_try_send,
			{ to[i], 0, UTOP, 0, 0 }, 0 };
	expect("sys_batch", sys_batch(list, n, 0), n);
	for (int i = 0; i < n; i++)
		expect("sys_ipc_try_send", list[i].result, 0);
}

// Receivers that are below the sender wait for it, those above do not, and each
// runs when it is its turn, no matter who was woken last.
static bool
batch(int sender, const char *want)
{
	const envid_t to[] = { start('a', 9), start('b', 6), start('c', 12),
		start('d', 3) };

	log_clear();

	const envid_t from = fork_or_panic();

	if (from == 0) {
		set_priority(0, sender);
		note('(');
		send_all(to, ARRAY_SIZE(to));
		note(')');
		exit();
	}
	wait(from);
	for (uint32_t i = 0; i < ARRAY_SIZE(to); i++)
		wait(to[i]);
	return log_is(want);
}

static bool
batch_to_lower(void)
{
	return batch(14, "()cabd");
}

static bool
batch_to_higher(void)
{
	return batch(5, "(cab)d");
}

// Of the last one of many() not the highest: it would be the favourite.
static int
nth_priority(int i)
{
	return i * 5 % 13;
}

// Many at once: the highest first, and equals in the order of their messages
static bool
many(void)
{
	char want[NMANY + 1] = "";
	envid_t child[NMANY];
	int n = 0;

	log_clear();
	for (int i = 0; i < NMANY; i++) {
		ran[i] = 0;
		if ((child[i] = fork_or_panic()) == 0) {
			ipc_recv(NULL, NULL, NULL);
			note('A' + i);
			ran[i]++;
			exit();
		}
		lower_when_asleep(child[i], nth_priority(i));
	}
	for (int p = PRIORITY_MAX; p >= PRIORITY_MIN; p--)
		for (int i = 0; i < NMANY; i++)
			if (nth_priority(i) == p)
				want[n++] = 'A' + i;
	send_all(child, NMANY);
	for (int i = 0; i < NMANY; i++)
		wait(child[i]);
	for (int i = 0; i < NMANY; i++)
		expect("runs", ran[i], 1);
	return log_is(want);
}

// ------------------------------------------------------ changes in the queue

// The next environment in the slot of one that ended in a queue is in none.
static bool
destroyed(void)
{
	const envid_t a = start('a', 9), b = start('b', 6);

	log_clear();
	send(a, 0);
	send(b, 0);
	must("sys_env_destroy", sys_env_destroy(a));

	const envid_t c = start('c', 3);

	expect("slot of the next child", ENVX(c), ENVX(a));
	send(c, 0);
	wait(b);
	wait(c);
	return log_is("bc");
}

static bool
stopped(void)
{
	const envid_t a = start('a', 9), b = start('b', 6);

	log_clear();
	send(a, 0);
	send(b, 0);
	must("stop", sys_env_set_status(a, ENV_NOT_RUNNABLE));
	wait(b);

	const bool right = log_is("b");

	must("start", sys_env_set_status(a, ENV_RUNNABLE));
	wait(a);
	return right && log_is("ba");
}

static bool
moved(void)
{
	const envid_t a = start('a', 6), b = start('b', 6), c = start('c', 3);

	log_clear();
	send(a, 0);
	send(b, 0);
	send(c, 0);
	set_priority(c, 9);
	set_priority(a, 5);
	wait(a);
	wait(b);
	wait(c);
	return log_is("cba");
}

// With several CPUs, there is no order: all have to run, that is all.
static void
try(const char *what, bool (*test)(void))
{
	for (int i = 0; i < TRIES; i++)
		if (test() || !one_cpu)
			return;
	panic("%s: not once in the right order, but %s", what, log->text);
}

void
umain(int argc, char **argv)
{
	one_cpu = argc <= 1 || strtol(argv[1], NULL, 10) == 1;
	log_start();
	must("sys_page_alloc", sys_page_alloc(0, (void *) ran,
		PTE_P | PTE_U | PTE_W | PTE_SHARE));
	try("batch", batch_to_lower);
	try("batch to higher ones", batch_to_higher);
	try("many", many);
	if (one_cpu) {
		try("destroyed", destroyed);
		try("stopped", stopped);
		try("moved", moved);
	}
	cprintf("testqueues ok\n");
}
