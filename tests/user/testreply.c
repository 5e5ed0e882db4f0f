// tests/user/testreply.c - receiving from one sender only, and replies that do
// not wait for their receiver.

#include <inc/lib.h>

#include <tests/user/test.h>

#define RW	(PTE_P | PTE_U | PTE_W)
#define RO	(PTE_P | PTE_U)

#define PAGE	((char *) 0x0A000000)	// a page sent with replies
#define LANDING	((char *) 0x0B000000)	// where clients map replies' pages
#define FAR	((char *) 0xB0000000)	// an address without a page table
#define POOL	((char *) 0x10000000)	// where all memory is mapped
#define NO_PAGE	((void *) UTOP)

static void
expect(int line, const char *call, int got, int want)
{
	if (got != want)
		panic("line %d: %s: %d, not %d", line, call, got, want);
}

#define IS(call, want)		expect(__LINE__, #call, call, want)
#define FAILS(call, error)	expect(__LINE__, #call, call, -(error))

static envid_t me;			// the parent of all others

static void
until_receiving(envid_t id)
{
	while (!envs[ENVX(id)].env_ipc_recving
	       || envs[ENVX(id)].env_status != ENV_NOT_RUNNABLE)
		sys_yield();
}

static void
sleep_for_ever(void)
{
	for (;;)
		sys_env_wait(me);
}

// ------------------------------------------------------- from one sender

static void
test_recv_from(void)
{
	envid_t listener, friend;

	FAILS(sys_ipc_recv_from(PAGE + 1, me), E_INVAL);
	FAILS(sys_ipc_recv_from(NO_PAGE, 0), E_INVAL);
	FAILS(sys_ipc_recv_from(NO_PAGE, me), E_INVAL);
	FAILS(sys_ipc_recv_from(NO_PAGE, me + NENV), E_BAD_ENV);
	FAILS(sys_ipc_recv_from(NO_PAGE, -1), E_BAD_ENV);

	if ((friend = fork_or_panic()) == 0) {
		envid_t to = ipc_recv(NULL, NULL, NULL);
		ipc_send(to, 5, NULL, 0);
		sleep_for_ever();
	}
	if ((listener = fork_or_panic()) == 0) {
		IS(ipc_recv_from(friend, NULL), 5);
		ipc_send(me, 6, NULL, 0);
		// The friend is destroyed during the wait, then is gone
		IS(ipc_recv_from(friend, NULL), -E_BAD_ENV);
		IS(ipc_recv_from(friend, NULL), -E_BAD_ENV);
		ipc_send(me, 7, NULL, 0);
		// Receive from any environment again
		IS(ipc_recv(NULL, NULL, NULL), 8);
		exit();
	}

	until_receiving(listener);
	FAILS(sys_ipc_try_send(listener, 0, NO_PAGE, 0), E_IPC_NOT_RECV);
	ipc_send(friend, listener, NULL, 0);
	IS(ipc_recv_from(listener, NULL), 6);
	until_receiving(listener);
	destroy_and_wait(friend);
	IS(ipc_recv_from(listener, NULL), 7);
	ipc_send(listener, 8, NULL, 0);
	wait(listener);
}

// A receiver that its parent wakes gets no message: env_ipc_from is 0.
static void
test_woken(void)
{
	envid_t child;

	if ((child = fork_or_panic()) == 0) {
		IS(sys_ipc_recv_from(NO_PAGE, me), 0);
		IS(thisenv->env_ipc_from, 0);
		exit();
	}
	until_receiving(child);
	IS(sys_env_set_status(child, ENV_RUNNABLE), 0);

	// The child may have ended by now, on another CPU
	int r = sys_ipc_try_send(child, 0, NO_PAGE, 0);
	IS(r == -E_IPC_NOT_RECV || r == -E_BAD_ENV, true);
	wait(child);
}

// ---------------------------------------------------------------- replies

// Tells a client, which has sent its request, to receive the reply.
static volatile bool *const may_receive = (volatile bool *) (PAGE + 8);

static envid_t
client(void *landing, int want, int want_byte)
{
	envid_t child = fork_or_panic();

	if (child)
		return child;
	ipc_send(me, 1, NULL, 0);
	while (!*may_receive)
		sys_yield();
	IS(sys_ipc_recv(landing), 0);
	IS(thisenv->env_ipc_value, want);
	IS(thisenv->env_ipc_from, me);
	IS(thisenv->env_ipc_perm, want_byte ? RO : 0);
	if (want_byte)
		IS(*(char *) landing, want_byte);
	exit();
}

static void
let_it_receive(envid_t child)
{
	*may_receive = true;
	wait(child);
	*may_receive = false;
}

static void
test_errors(void)
{
	envid_t child = client(NO_PAGE, 2, 0);

	FAILS(sys_ipc_reply(child + NENV, 0, NO_PAGE, 0), E_BAD_ENV);
	FAILS(sys_ipc_reply(me, 0, NO_PAGE, 0), E_IPC_NOT_RECV);
	IS(ipc_recv_from(child, NULL), 1);
	FAILS(sys_ipc_reply(child, 0, PAGE + 1, RO), E_INVAL);
	FAILS(sys_ipc_reply(child, 0, FAR, RO), E_INVAL);
	FAILS(sys_ipc_reply(child, 0, PAGE, RO | PTE_PS), E_INVAL);
	IS(sys_ipc_reply(child, 2, NO_PAGE, 0), 0);
	FAILS(sys_ipc_reply(child, 3, NO_PAGE, 0), E_IPC_NOT_RECV);
	let_it_receive(child);
	FAILS(sys_ipc_reply(child, 0, NO_PAGE, 0), E_BAD_ENV);
}

// Reply with a page, to a client that receives later, that is destroyed before
// it receives, or that is receiving.
static void
test_page(void)
{
	envid_t child;

	PAGE[0] = 'p';
	child = client(LANDING, 3, 'p');
	IS(ipc_recv_from(child, NULL), 1);
	int users = pageref(PAGE);
	IS(sys_ipc_reply(child, 3, PAGE, RO), 0);
	IS(pageref(PAGE), users + 1);
	let_it_receive(child);
	IS(pageref(PAGE), 1);

	child = client(LANDING, 3, 'p');
	IS(ipc_recv_from(child, NULL), 1);
	IS(sys_ipc_reply(child, 3, PAGE, RO), 0);
	IS(pageref(PAGE), users + 1);
	destroy_and_wait(child);
	IS(pageref(PAGE), 1);

	child = client(LANDING, 3, 'p');
	*may_receive = true;
	IS(ipc_recv_from(child, NULL), 1);
	until_receiving(child);
	IS(sys_ipc_reply(child, 3, PAGE, RO), 0);
	let_it_receive(child);
	IS(pageref(PAGE), 1);
}

// A client that sends another request loses the reply to the one before.
static void
test_dropped(void)
{
	envid_t child = fork_or_panic();

	if (child == 0) {
		ipc_send(me, 1, NULL, 0);
		until_receiving(me);		// the reply has been sent
		ipc_send(me, 2, NULL, 0);
		IS(ipc_recv_from(me, NULL), 22);
		exit();
	}
	IS(ipc_recv_from(child, NULL), 1);
	int users = pageref(PAGE);
	IS(sys_ipc_reply(child, 11, PAGE, RO), 0);
	IS(ipc_recv_from(child, NULL), 2);
	IS(pageref(PAGE), users);
	IS(sys_ipc_reply(child, 22, NO_PAGE, 0), 0);
	wait(child);
}

// Messages of others do not arrive before a reply, and a reply without a
// request is an error.
static void
test_not_asked(void)
{
	envid_t asks = fork_or_panic(), child;

	if (asks == 0) {
		ipc_send(me, 1, NULL, 0);
		IS(ipc_recv_from(me, NULL), 4);
		exit();
	}
	IS(ipc_recv_from(asks, NULL), 1);
	if ((child = fork_or_panic()) == 0) {
		until_receiving(asks);
		FAILS(sys_ipc_reply(asks, 9, NO_PAGE, 0), E_IPC_NOT_RECV);
		FAILS(sys_ipc_try_send(asks, 9, NO_PAGE, 0), E_IPC_NOT_RECV);
		exit();
	}
	wait(child);
	IS(sys_ipc_reply(asks, 4, NO_PAGE, 0), 0);
	wait(asks);
}

// Allocate all memory at POOL.  If the last page table cannot be allocated, one
// page may be left: map it where there is a table.
static int
take_memory(void)
{
	int n = 0;

	while (sys_page_alloc(0, POOL + n * PGSIZE, RW) == 0)
		n++;
	sys_page_alloc(0, PAGE + PGSIZE, RW);
	return n;
}

static void
give_memory_back(int n)
{
	sys_page_unmap(0, PAGE + PGSIZE);
	while (n-- > 0)
		sys_page_unmap(0, POOL + n * PGSIZE);
}

// No memory for a page table for the reply's page: the client gets an error.
static void
test_no_memory(void)
{
	envid_t child = client(FAR, -E_NO_MEM, 0);

	IS(ipc_recv_from(child, NULL), 1);
	int n = take_memory();
	IS(sys_ipc_reply(child, 3, PAGE, RO), 0);
	let_it_receive(child);

	// The client's end freed pages; the next one waits for its reply
	give_memory_back(n);
	child = client(FAR, -E_NO_MEM, 0);
	IS(ipc_recv_from(child, NULL), 1);
	*may_receive = true;
	until_receiving(child);
	n = take_memory();
	IS(sys_ipc_reply(child, 3, PAGE, RO), 0);
	let_it_receive(child);
	give_memory_back(n);
	IS(pageref(PAGE), 1);
}

// ------------------------------------------------------------- who has it?

static void
test_held(void)
{
	envid_t child = fork_or_panic();

	if (child == 0) {
		IS(sys_page_held(me, PAGE, NULL), PGNUM(PAGE));
		IS(sys_page_map(0, PAGE, 0, FAR, RO), 0);
		IS(sys_page_map(0, PAGE, 0, NULL, RO), 0);
		sys_page_unmap(0, PAGE);
		ipc_send(me, 1, NULL, 0);
		ipc_recv_from(me, NULL);
		sys_page_unmap(0, FAR);
		ipc_send(me, 2, NULL, 0);
		sleep_for_ever();
	}
	FAILS(sys_page_held(child, PAGE + 1, FAR), E_INVAL);
	FAILS(sys_page_held(child, FAR, FAR), E_INVAL);
	FAILS(sys_page_held(child, (void *) UTOP, FAR), E_INVAL);
	FAILS(sys_page_held(child, (void *) UVPT, FAR), E_INVAL);
	FAILS(sys_page_held(child + NENV, PAGE, FAR), E_BAD_ENV);
	IS(sys_page_held(0, PAGE, NULL), PGNUM(PAGE));
	IS(ipc_recv_from(child, NULL), 1);
	void *const guesses[] = { NULL, FAR, PAGE, LANDING, FAR + 1, NO_PAGE,
		(void *) UTEXT, (void *) UVPT, (void *) KERNBASE };
	for (size_t i = 0; i < ARRAY_SIZE(guesses); i++)
		IS(sys_page_held(child, PAGE, guesses[i]), PGNUM(FAR));
	ipc_send(child, 0, NULL, 0);
	IS(ipc_recv_from(child, NULL), 2);
	IS(sys_page_held(child, PAGE, FAR), 0);
	destroy_and_wait(child);
	FAILS(sys_page_held(child, PAGE, FAR), E_BAD_ENV);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	me = sys_getenvid();
	IS(sync(), 0);			// wait for the file server to start
	IS(sys_page_alloc(0, PAGE, RW | PTE_SHARE), 0);
	test_recv_from();
	test_woken();
	test_errors();
	test_page();
	test_dropped();
	test_not_asked();
	test_no_memory();
	test_held();
	cprintf("testreply ok\n");
}
