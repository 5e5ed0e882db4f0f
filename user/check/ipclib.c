// user/check/ipclib.c - ipc_send and ipc_recv of lib/ipc.c.

#include <inc/x86.h>

#include <user/check/panic.h>
#include <user/check/thread.h>

#define EX15	"lab 4, exercise 15; lib/ipc.c"

static envid_t me;

// ------------------------------------------------------------------- ipc_recv
// This program receives, since ipc_recv uses thisenv; threads send.

static volatile struct {
	uint32_t value;
	const void *va;
	int perm;
} message;
static volatile int result;
static volatile envid_t sender;

// Send as soon as the program receives.
static void
send_raw(void)
{
	sender = sys_getenvid();
	do
		result = call(SYS_ipc_try_send, me, message.value,
			(uint32_t) message.va, message.perm, 0);
	while (result == -E_IPC_NOT_RECV && (sys_yield(), true));
}

static int32_t
receive(uint32_t value, const void *va, int perm, envid_t *from, void *pg,
	int *perm_store)
{
	message.value = value;
	message.va = va;
	message.perm = perm;

	const envid_t id = thread_start(send_raw);
	const int32_t got = ipc_recv(from, pg, perm_store);

	until_gone(id);
	return got;
}

static void
recv_values(void)
{
	static const uint32_t value[] = { 12345, 0, 0x80000001, ~0u };
	envid_t from;
	int perm;

	for (size_t i = 0; i < ARRAY_SIZE(value); i++) {
		from = perm = 99;

		const int32_t got = receive(value[i], (void *) UTOP, 0, &from,
			NULL, &perm);

		expect(got == (int32_t) value[i], "returns %08x, expected the "
			"value that was sent, %08x", got, value[i]);
		expect(from == sender, "stores the sender %08x, expected "
			"%08x", from, sender);
		expect(perm == 0, "without a page, it stores permissions %x, "
			"expected 0", perm);
	}
	expect(receive(5, (void *) UTOP, 0, NULL, NULL, NULL) == 5,
		"with NULL for sender and permissions, it does not return the "
		"value");
	from = perm = 99;
	receive(5, (void *) UTOP, 0, &from, NULL, NULL);
	expect(from == sender, "with NULL for the permissions alone, it does "
		"not store the sender");
	receive(5, (void *) UTOP, 0, NULL, NULL, &perm);
	expect(perm == 0, "with NULL for the sender alone, it does not store "
		"the permissions");
}

static void
recv_pages(void)
{
	envid_t from = 99;
	int perm = 99, got;

	sys_page_alloc(0, PAGE, RW);
	*PAGE = 'm';
	got = receive(6, PAGE, RO, &from, PLACE, &perm);
	expect(got == 6 && from == sender && perm == RO, "with a page, it "
		"returns %d and stores permissions %03x, expected 6 and %03x",
		got, perm, RO);
	expect(page_is_mapped(PLACE) && *PLACE == 'm',
		"the page is not at the address that was given");
	sys_page_unmap(0, PLACE);

	perm = 99;
	got = receive(7, PAGE, RW, &from, NULL, &perm);
	expect(got == 7 && perm == 0, "with pg NULL, it returns %d and stores "
		"permissions %03x, expected 7 and 0", got, perm);
	expect(!page_is_mapped(0),
		"with pg NULL, it receives a page at address 0");
	sys_page_unmap(0, NULL);
}

static void
recv_errors(void)
{
	envid_t from = 99;
	int perm = 99;

	// So that an old sender and old permissions are there
	receive(8, PAGE, RW, NULL, PLACE, NULL);
	expect(page_is_mapped(PLACE), "with NULL for sender and permissions, "
		"it receives no page");

	const int r = ipc_recv(&from, PAGE + 1, &perm);

	expect_result("with an address that is not aligned", r, -E_INVAL);
	expect(from == 0 && perm == 0, "after an error, it stores %08x and "
		"%03x, expected 0 for sender and permissions", from, perm);
	expect_result("an error, with NULL for both", ipc_recv(NULL, PAGE + 1,
		NULL), -E_INVAL);
}

// ------------------------------------------------------------------- ipc_send
// Threads send, to a thread or to this program.

static volatile struct {
	envid_t to;
	uint32_t value;
	void *pg;
	int perm;
} out;
static volatile bool returned;

static void
send_by_library(void)
{
	ipc_send(out.to, out.value, out.pg, out.perm);
	returned = true;
}

static envid_t
send(envid_t to, uint32_t value, void *pg, int perm)
{
	out.to = to;
	out.value = value;
	out.pg = pg;
	out.perm = perm;
	returned = false;
	panics = 0;
	return thread_start(send_by_library);
}

static void
send_waits(void)
{
	const uint32_t value = 0x87654321;
	const envid_t id = send(me, value, NULL, 0);

	// Nobody receives yet
	for (int i = 0; i < 200; i++)
		sys_yield();
	expect(!returned && panics == 0 && !is_gone(id), "while the target "
		"does not receive: expected that it tries again, but it %s",
		panics ? "panics" : "returns");
	if (is_gone(id))
		return;

	const int r = call(SYS_ipc_recv, UTOP, 0, 0, 0, 0);

	expect(r == 0 && thisenv->env_ipc_value == value, "the value that came "
		"is %08x, expected %08x", thisenv->env_ipc_value, value);
	expect(until(returned), "it does not return when the message was "
		"taken");
	until_gone(id);
}

// Between its attempts it yields: else each lasts until the next tick.
static void
send_yields(void)
{
	const uint64_t start = read_tsc();

	for (int i = 0; i < 50; i++)
		sys_yield();

	const uint64_t alone = read_tsc() - start;
	const envid_t id = send(me, 32, NULL, 0);

	sys_yield();
	for (int i = 0; i < 50; i++)
		sys_yield();

	const uint64_t both = read_tsc() - start - alone;

	expect(both < 50 * 2000000ull, "while the target does not receive, it "
		"keeps the CPU until the clock takes it: expected sys_yield");
	call(SYS_ipc_recv, UTOP, 0, 0, 0, 0);
	until_gone(id);
}

static void
send_pages(void)
{
	sys_page_alloc(0, PAGE, RW);
	*PAGE = 's';
	sys_page_unmap(0, PLACE);

	envid_t id = send(me, 33, PAGE, RW);

	call(SYS_ipc_recv, (uint32_t) PLACE, 0, 0, 0, 0);
	expect(thisenv->env_ipc_perm == RW, "a page with PTE_W: it arrives "
		"with permissions %03x, expected %03x", thisenv->env_ipc_perm,
		RW);
	expect(page_is_mapped(PLACE) && *PLACE == 's', "the page that was "
		"given does not arrive");
	until_gone(id);

	sys_page_unmap(0, PLACE);
	id = send(me, 34, PAGE, RO);
	call(SYS_ipc_recv, (uint32_t) PLACE, 0, 0, 0, 0);
	expect(thisenv->env_ipc_perm == RO, "a page without PTE_W: it arrives "
		"with permissions %03x, expected %03x", thisenv->env_ipc_perm,
		RO);
	until_gone(id);

	// NULL is no page, even if one is mapped at address 0
	sys_page_unmap(0, PLACE);
	sys_page_alloc(0, NULL, RW);
	id = send(me, 35, NULL, RW);
	call(SYS_ipc_recv, (uint32_t) PLACE, 0, 0, 0, 0);
	expect(thisenv->env_ipc_value == 35 && thisenv->env_ipc_perm == 0
		&& !page_is_mapped(PLACE),
		"with pg NULL: the page at address 0 is sent");
	until_gone(id);
	sys_page_unmap(0, NULL);
}

// An error other than -E_IPC_NOT_RECV is a panic.
static void
wait_for_message(void)
{
	call(SYS_ipc_recv, UTOP, 0, 0, 0, 0);
}

static void
send_panics(const char *what, envid_t to, void *pg, int perm)
{
	const envid_t id = send(to, 36, pg, perm);
	const bool ended = until_gone(id);

	expect(ended && panics == 1, "%s: expected a panic, but it %s", what,
		ended ? "returns" : "tries again for ever");
	if (!ended)
		sys_env_destroy(id);
}

static void
send_errors(void)
{
	const envid_t gone = sys_exofork();

	sys_env_destroy(gone);
	send_panics("a target that has ended", gone, NULL, 0);

	const envid_t target = thread_start(wait_for_message);

	until_receiving(target);
	sys_page_unmap(0, NOPAGE);
	send_panics("a page that is not mapped", target, NOPAGE, RO);
	send_panics("a page that is not aligned", target, PAGE + 1, RO);
	sys_env_destroy(target);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	me = sys_getenvid();
	sys_page_alloc(0, PAGE, RW);

	look_at("ipc_recv", EX15);
	recv_values();
	recv_pages();
	recv_errors();
	look_at("ipc_send", EX15);
	send_waits();
	send_pages();
	send_errors();
	send_yields();
	look_no_more();
}
