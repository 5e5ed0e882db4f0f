// tests/user/testcall.c - the combined calls of client and server,
// sys_ipc_call and sys_ipc_reply_recv, and their scheduling.

#include <inc/lib.h>

#include <tests/user/test.h>

#define RW	(PTE_P | PTE_U | PTE_W)
#define RO	(PTE_P | PTE_U)
#define NO_PAGE	((void *) UTOP)

#define PAGE	((char *) 0x0A000000)	// a page to send
#define ANSWER	((char *) 0x0A001000)	// where a client maps replies' pages
#define REQUEST	((char *) 0x0A002000)	// where a server maps requests' pages
#define FAR	((char *) 0xB0000000)	// an address without a page table

// Shared by all environments
static struct Shared {
	volatile int result;		// of a client's sys_ipc_call
	volatile uint32_t laps;
	volatile bool stop;
} *const shared = (struct Shared *) 0x0C000000;

#define UNKNOWN		1		// no call returns this
#define ENOUGH		100		// calls, to notice a leaked page

static envid_t me;

static void
expect(int line, const char *what, int got, int want)
{
	if (got != want)
		panic("line %d: %s: %d, not %d", line, what, got, want);
}

#define IS(what, want)	expect(__LINE__, #what, what, want)

static void
until_asleep(envid_t id)
{
	while (envs[ENVX(id)].env_status != ENV_NOT_RUNNABLE)
		sys_yield();
}

static bool
receives(envid_t id)
{
	return envs[ENVX(id)].env_ipc_recving;
}

// ----------------------------------------------------------------- a server

// A server: replies with the request's number plus 1 and, if a page came with
// the request, with a page of its own.
static void
serve(void)
{
	IS(sys_page_alloc(0, PAGE, RW), 0);
	IS(sys_ipc_recv(REQUEST), 0);
	for (;;) {
		const envid_t client = thisenv->env_ipc_from;
		const uint32_t value = thisenv->env_ipc_value;
		const bool page = thisenv->env_ipc_perm != 0;

		if (page) {
			IS(pageref(REQUEST), 2);
			PAGE[0] = REQUEST[0] + 1;
		} else
			IS(pageref(REQUEST), 0);
		IS(sys_ipc_reply_recv(client, value + 1, page ? PAGE : NO_PAGE,
			REQUEST, RW), 0);
	}
}

static envid_t
new_server(void)
{
	envid_t server = fork_or_panic();

	if (server == 0)
		serve();
	until_asleep(server);
	return server;
}

static void
test_calls(void)
{
	envid_t server = new_server();

	IS(ipc_call(server, 5, NULL, 0, NULL), 6);
	IS(thisenv->env_ipc_from, server);
	IS(thisenv->env_ipc_perm, 0);

	IS(sys_page_alloc(0, PAGE, RW), 0);
	for (int i = 0; i < ENOUGH; i++) {
		PAGE[0] = i;
		IS(ipc_call(server, i, PAGE, RW, ANSWER), i + 1);
		IS(thisenv->env_ipc_perm, RW);
		IS(ANSWER[0], i + 1);
		IS(pageref(PAGE), 1);		// the server unmapped it
		IS(pageref(ANSWER), 2);
	}
	// The client accepts no page
	IS(sys_page_unmap(0, ANSWER), 0);
	IS(ipc_call(server, 1, PAGE, RO, NULL), 2);
	IS(thisenv->env_ipc_perm, 0);
	IS(pageref(ANSWER), 0);

	destroy_and_wait(server);
	IS(ipc_call(server, 1, NULL, 0, NULL), -E_BAD_ENV);
}

// Some invalid calls; tests/user/sysneg.c has more.
static void
test_errors(void)
{
	envid_t server = new_server();

	IS(sys_ipc_call(server, 0, NO_PAGE, PAGE + 1, 0), -E_INVAL);
	IS(sys_ipc_call(server, 0, FAR, NO_PAGE, RO), -E_INVAL);
	IS(sys_ipc_call(0, 0, NO_PAGE, NO_PAGE, 0), -E_INVAL);
	IS(sys_ipc_call(me, 0, NO_PAGE, NO_PAGE, 0), -E_INVAL);
	IS(sys_ipc_reply_recv(server, 0, NO_PAGE, PAGE + 1, 0), -E_INVAL);
	IS(sys_ipc_reply_recv(server, 0, FAR, NO_PAGE, RO), -E_INVAL);
	IS(receives(server), true);
	destroy_and_wait(server);
}

// ----------------------------------------------------------------- a client

// Start a client that sends 7 to `to` by sys_ipc_call, once.
static envid_t
new_client(envid_t to)
{
	envid_t client = fork_or_panic();

	shared->result = UNKNOWN;
	if (client)
		return client;
	shared->result = sys_ipc_call(to, 7, NO_PAGE, NO_PAGE, 0);
	IS(shared->result < 0 || thisenv->env_ipc_from == 0
		|| thisenv->env_ipc_value == 8, true);
	exit();
}

// A client waits in the queue until the parent receives, and then only for the
// parent's reply, which may come by any call that sends.
static void
test_queued(void)
{
	envid_t client = new_client(me);

	until_asleep(client);
	IS(receives(client), false);
	IS(sys_ipc_reply(client, 0, NO_PAGE, 0), -E_IPC_NOT_RECV);
	IS(sys_ipc_recv(NO_PAGE), 0);
	IS(thisenv->env_ipc_from, client);
	IS(thisenv->env_ipc_value, 7);
	IS(receives(client), true);
	IS(shared->result, UNKNOWN);

	envid_t other = fork_or_panic();

	if (other == 0) {
		IS(sys_ipc_try_send(client, 9, NO_PAGE, 0), -E_IPC_NOT_RECV);
		IS(sys_ipc_reply(client, 9, NO_PAGE, 0), -E_IPC_NOT_RECV);
		exit();
	}
	wait(other);
	IS(sys_ipc_reply(client, 8, NO_PAGE, 0), 0);
	wait(client);
	IS(shared->result, 0);
}

// sys_ipc_reply_recv takes the next queued request at once.
static void
test_two_clients(void)
{
	envid_t first = new_client(me), second;

	until_asleep(first);
	second = new_client(me);
	until_asleep(second);

	// A reply that no environment waits for is dropped
	IS(sys_page_alloc(0, REQUEST, RW), 0);
	IS(sys_ipc_reply_recv(first, 9, NO_PAGE, REQUEST, 0), 0);
	IS(thisenv->env_ipc_from, first);
	IS(pageref(REQUEST), 0);
	IS(sys_ipc_reply_recv(first, 8, NO_PAGE, NO_PAGE, 0), 0);
	IS(thisenv->env_ipc_from, second);
	wait(first);
	first = new_client(me);
	IS(sys_ipc_reply_recv(me + NENV, 9, NO_PAGE, NO_PAGE, 0), 0);
	IS(thisenv->env_ipc_from, first);
	IS(sys_ipc_reply(second, 8, NO_PAGE, 0), 0);
	IS(sys_ipc_reply(first, 8, NO_PAGE, 0), 0);
	wait(second);
	wait(first);
}

// The server ends before it receives the request, or before it replies.
static void
test_ends(void)
{
	envid_t busy = fork_or_panic();

	if (busy == 0)
		for (;;)
			sys_env_wait(me);
	until_asleep(busy);
	envid_t client = new_client(busy);
	until_asleep(client);
	destroy_and_wait(busy);
	wait(client);
	IS(shared->result, -E_BAD_ENV);

	if ((busy = fork_or_panic()) == 0) {
		ipc_recv(NULL, NULL, NULL);
		for (;;)
			sys_env_wait(me);
	}
	until_asleep(busy);
	client = new_client(busy);
	until_asleep(client);
	IS(receives(client), true);
	destroy_and_wait(busy);
	wait(client);
	IS(shared->result, -E_BAD_ENV);
}

// A client's parent wakes it, in the queue and while it waits for the reply.
static void
test_woken(void)
{
	envid_t client = new_client(me);

	until_asleep(client);
	IS(sys_env_set_status(client, ENV_RUNNABLE), 0);
	wait(client);
	IS(shared->result, -E_IPC_NOT_RECV);

	client = new_client(me);
	IS(sys_ipc_recv(NO_PAGE), 0);
	until_asleep(client);
	IS(sys_env_set_status(client, ENV_RUNNABLE), 0);
	wait(client);
	IS(shared->result, 0);
}

// --------------------------------------------------------------- scheduling

static int
call(envid_t server, uint32_t value)
{
	return ipc_call(server, value, NULL, 0, NULL);
}

static int
send_and_receive(envid_t server, uint32_t value)
{
	ipc_send(server, value, NULL, 0);
	return ipc_recv_from(server, NULL);
}

// A client and a server that always hand the CPU to each other do not starve
// other programs.
static void
test_fair(int (*ask)(envid_t server, uint32_t value))
{
	envid_t server = new_server(), client = fork_or_panic();

	if (client == 0) {
		for (int i = 0; !shared->stop; i++) {
			IS(ask(server, i), i + 1);
			shared->laps++;
		}
		exit();
	}
	for (int turn = 0; turn < 10; turn++) {
		const uint32_t laps = shared->laps;

		while (shared->laps - laps < ENOUGH)
			sys_yield();
	}
	shared->stop = true;
	wait(client);
	shared->stop = false;
	destroy_and_wait(server);
}

// A program that computes does not run between a request and its reply.
static void
test_soon(int (*ask)(envid_t server, uint32_t value))
{
	envid_t server = new_server(), hog = fork_or_panic();
	const volatile struct Env *e = &envs[ENVX(hog)];

	while (hog == 0)
		__asm__ volatile("pause");
	while (e->env_runs == 0)
		sys_yield();

	const uint32_t runs = e->env_runs;

	for (int i = 0; i < ENOUGH; i++)
		IS(ask(server, i), i + 1);
	if (e->env_runs - runs >= ENOUGH / 2)
		panic("who computes ran %d times", e->env_runs - runs);
	destroy_and_wait(hog);
	destroy_and_wait(server);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	me = sys_getenvid();
	IS(sys_page_alloc(0, shared, RW | PTE_SHARE), 0);
	test_calls();
	test_errors();
	test_queued();
	test_two_clients();
	test_ends();
	test_woken();
	test_fair(call);
	test_fair(send_and_receive);
	test_soon(call);
	test_soon(send_and_receive);
	cprintf("testcall ok\n");
}
