// tests/user/testqueue.c - the queue of senders: first come, first served, even
// if others send without pause, or queued senders end.
//
// usage: testqueue [requests]	(of an honest client among hostile ones)

#include <inc/lib.h>
#include <inc/x86.h>

#include <tests/user/test.h>

#define RW	(PTE_P | PTE_U | PTE_W)
#define RO	(PTE_P | PTE_U)
#define NO_PAGE	((void *) UTOP)

#define PAGE	((char *) 0x0A000000)	// the page that senders send
#define LANDING	((char *) 0x0B000000)
#define FAR	((char *) 0xB0000000)	// addresses without a page table
#define FARTHER	((char *) 0xB4000000)

#define SENDERS		20
#define SPINNER		999		// the number that the spinner sends
#define HOSTILE		3
#define PER_REQUEST	100		// hostile requests served, at most

// Shared by all environments
static struct Shared {
	volatile int result[SENDERS];	// of the senders' calls
	volatile int served;		// hostile requests
	volatile bool stop;
	volatile envid_t big;		// a large environment
} *const shared = (struct Shared *) 0x0C000000;

#define UNKNOWN		1		// no call returns this

static envid_t me;
static envid_t sender[SENDERS];

static void
expect(int line, const char *what, int got, int want)
{
	if (got != want)
		panic("line %d: %s: %d, not %d", line, what, got, want);
}

#define IS(what, want)	expect(__LINE__, #what, what, want)

static bool
sleeps(envid_t id)
{
	return envs[ENVX(id)].env_status == ENV_NOT_RUNNABLE;
}

static void
until_asleep(envid_t id)
{
	while (!sleeps(id))
		sys_yield();
}

// ----------------------------------------------------------------- senders

// Start sender i, which sends i and a page of bytes i to `to`.  Returns when
// the sender sleeps.
static void
start_sender(int i, envid_t to)
{
	shared->result[i] = UNKNOWN;
	if ((sender[i] = fork_or_panic()) == 0) {
		IS(sys_page_alloc(0, PAGE, RW), 0);
		memset(PAGE, i, PGSIZE);
		shared->result[i] = sys_ipc_send(to, i, PAGE, RO);
		exit();
	}
	until_asleep(sender[i]);
}

static void
start_senders(int n, envid_t to)
{
	for (int i = 0; i < n; i++)
		start_sender(i, to);
}

// Check that the next message is sender i's.
static void
receive(int i)
{
	envid_t from;
	int perm;

	IS(ipc_recv(&from, LANDING, &perm), i);
	IS(from, sender[i]);
	IS(perm, RO);
	IS(LANDING[PGSIZE - 1], i);
	wait(from);
	IS(shared->result[i], 0);
}

static void
failed(int i, int error)
{
	wait(sender[i]);
	IS(shared->result[i], error);
}

static envid_t
start_spinner(envid_t to)
{
	envid_t child = fork_or_panic();

	if (child == 0)
		for (;;)
			sys_ipc_try_send(to, SPINNER, NO_PAGE, 0);
	return child;
}

// ------------------------------------------------------------------- tests

static void
test_order(void)
{
	envid_t spinner = start_spinner(me);

	start_senders(SENDERS, me);
	for (int i = 0; i < SENDERS; i++)
		receive(i);
	IS(ipc_recv(NULL, NULL, NULL), SPINNER);
	destroy_and_wait(spinner);
}

static void
test_recv_from(void)
{
	start_senders(4, me);
	IS(ipc_recv_from(sender[2], LANDING), 2);
	IS(LANDING[0], 2);
	failed(2, 0);
	IS(ipc_recv_from(sender[3], NULL), 3);
	failed(3, 0);
	start_sender(2, me);
	receive(0);
	receive(1);
	receive(2);
}

// Of the queued senders, the first, the last and one between them end; one is
// woken, one is stopped, and the page of one is unmapped.
static void
test_ends(void)
{
	start_senders(9, me);
	destroy_and_wait(sender[0]);
	destroy_and_wait(sender[4]);
	destroy_and_wait(sender[8]);
	IS(sys_env_set_status(sender[2], ENV_RUNNABLE), 0);
	failed(2, -E_IPC_NOT_RECV);
	IS(sys_env_set_status(sender[5], ENV_NOT_RUNNABLE), 0);
	IS(sys_page_unmap(sender[6], PAGE), 0);
	receive(1);
	receive(3);
	receive(7);
	failed(6, -E_INVAL);
	IS(shared->result[5], UNKNOWN);
	IS(sys_env_set_status(sender[5], ENV_RUNNABLE), 0);
	failed(5, -E_IPC_NOT_RECV);
}

static void
test_target_ends(void)
{
	envid_t target = sys_exofork();

	if (target == 0)
		sys_env_destroy(0);
	if (target < 0)
		panic("sys_exofork: %e", target);
	start_senders(5, target);
	IS(sys_env_destroy(target), 0);
	for (int i = 0; i < 5; i++)
		failed(i, -E_BAD_ENV);
}

// Two senders that send to each other wait until another environment ends one.
static void
test_each_other(void)
{
	envid_t a, b;

	if ((a = fork_or_panic()) == 0) {
		IS(sys_ipc_recv(NO_PAGE), 0);
		IS(sys_ipc_send(thisenv->env_ipc_value, 0, NO_PAGE, 0),
			-E_BAD_ENV);
		shared->result[0] = 0;
		exit();
	}
	shared->result[0] = UNKNOWN;
	until_asleep(a);
	if ((b = fork_or_panic()) == 0) {
		IS(sys_ipc_send(a, sys_getenvid(), NO_PAGE, 0), 0);
		sys_ipc_send(a, 0, NO_PAGE, 0);
		panic("a took a message");
	}
	while (!sleeps(a) || !sleeps(b) || envs[ENVX(a)].env_ipc_recving)
		sys_yield();
	destroy_and_wait(b);
	wait(a);
	IS(shared->result[0], 0);
}

// If there is no memory for the page table that the first sender's page needs,
// the next sender gets its turn.
static void
test_no_memory(void)
{
	if (sys_debug(DEBUG_FAIL_ALLOC, 0) < 0)
		return;			// DEBUG is not set
	start_senders(2, me);
	IS(sys_debug(DEBUG_FAIL_ALLOC, 1) & ~1, 0);
	IS(ipc_recv(NULL, FAR, NULL), 1);
	IS(sys_debug(DEBUG_FAIL_ALLOC, 0), 1);
	IS(FAR[0], 1);
	failed(0, -E_NO_MEM);
	failed(1, 0);
	sys_page_unmap(0, FAR);
}

#define BIG		20		// page tables of the large child

// Make a large child, and destroy it after a message.
static void
end_big_child(void)
{
	envid_t child = sys_exofork();

	if (child < 0)
		panic("sys_exofork: %e", child);
	for (int i = 0; i < BIG * NPTENTRIES; i++)
		IS(sys_page_map(0, LANDING, child,
			(char *) 0x30000000 + i * PGSIZE, RO), 0);
	shared->big = child;
	IS(sys_ipc_recv(NO_PAGE), 0);
	IS(sys_env_destroy(child), 0);
	exit();
}

// Memory of an ended environment that the kernel has yet to free counts as
// free, also for a queued message.  This program makes no call meanwhile,
// because each call frees a slice of that memory; another, idle CPU may free
// all of it.
static void
test_memory_to_come(void)
{
	envid_t helper;

	if (sys_debug(DEBUG_FAIL_ALLOC, 0) < 0)
		return;			// DEBUG is not set
	start_senders(2, me);
	if ((helper = fork_or_panic()) == 0)
		end_big_child();
	until_asleep(helper);

	const volatile struct Env *big = &envs[ENVX(shared->big)];

	IS(sys_ipc_send(helper, 0, NO_PAGE, 0), 0);
	while (!is_gone(shared->big) && big->env_status != ENV_DYING)
		pause();
	IS(sys_debug(DEBUG_FAIL_ALLOC, 1) & ~1, 0);

	int got = ipc_recv(NULL, FARTHER, NULL);

	if (!is_gone(shared->big))
		IS(got, 0);
	if (got == 0)
		IS(ipc_recv(NULL, NULL, NULL), 1);
	sys_debug(DEBUG_FAIL_ALLOC, 0);
	wait(helper);
	failed(0, got == 0 ? 0 : -E_NO_MEM);
	failed(1, 0);
	sys_page_unmap(0, FARTHER);
}

// ---------------------------------------------- hostile clients of a server

// Send valid and invalid requests without pause, and never receive a reply.
static void
be_hostile(int i, envid_t fs)
{
	static const int requests[HOSTILE] = { FSREQ_STAT, 0, FSREQ_SYNC };

	while (!shared->stop)
		if (sys_ipc_try_send(fs, requests[i], i == 1 ? NO_PAGE
				: (void *) shared, RW) == 0)
			shared->served++;
	exit();
}

static void
test_hostile(int hostile, int requests)
{
	envid_t child[HOSTILE], fs = ipc_find_env(ENV_TYPE_FS);
	struct Stat st;
	int before, most = 0;

	shared->served = 0;
	shared->stop = false;
	for (int i = 0; i < hostile; i++)
		if ((child[i] = fork_or_panic()) == 0)
			be_hostile(i, fs);
	while (shared->served == 0)
		sys_yield();
	for (int i = 0; i < requests; i++) {
		before = shared->served;
		IS(stat("/motd", &st), 0);
		most = MAX(most, shared->served - before);
	}
	cprintf("%d hostile clients: %d requests of theirs while one of ours "
		"took its turn, at most\n", hostile, most);
	if (most > PER_REQUEST)
		panic("that is too many");
	shared->stop = true;
	for (int i = 0; i < hostile; i++)
		wait(child[i]);
}

void
umain(int argc, char **argv)
{
	int requests = argc > 1 ? strtol(argv[1], 0, 0) : 20;

	me = sys_getenvid();
	IS(sys_page_alloc(0, shared, RW | PTE_SHARE), 0);
	IS(sys_page_alloc(0, LANDING, RW), 0);
	test_order();
	test_recv_from();
	test_ends();
	test_target_ends();
	test_each_other();
	test_no_memory();
	test_memory_to_come();
	for (int i = 1; i <= HOSTILE; i++)
		test_hostile(i, requests);

	int faults = sys_debug(DEBUG_CHECK, 0);

	if (faults > 0)
		panic("the kernel has %d faults", faults);
	cprintf("testqueue ok\n");
}
