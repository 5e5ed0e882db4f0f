// user/check/messages.c - sys_ipc_try_send and sys_ipc_recv: values, senders,
// pages and permissions, and who sleeps when.

#include <user/check/thread.h>

#define EX15	"lab 4, exercise 15; kern/syscall.c"

// A thread that receives at the addresses that are given, and writes down what
// came.
static volatile struct Got {
	int result;
	envid_t from;
	uint32_t value;
	int perm;
	bool recving;
	uint32_t page;			// number of the page at PLACE, or 0
	int page_perm;
} got[8];
static volatile uint32_t at[8];		// where it receives
static volatile int nreceive, received;
static volatile int go;			// how often it may receive

static void
receiver(void)
{
	const volatile struct Env *me = env_of(sys_getenvid());

	for (received = 0; received < nreceive; received++) {
		volatile struct Got *g = &got[received];

		while (go <= received)
			sys_yield();
		g->result = call(SYS_ipc_recv, at[received], 0x0DD, 0xBAD, 0,
			0);
		g->from = me->env_ipc_from;
		g->value = me->env_ipc_value;
		g->perm = me->env_ipc_perm;
		g->recving = me->env_ipc_recving;
		g->page = page_is_mapped(PLACE)
			? PGNUM(uvpt[PGNUM(PLACE)]) : 0;
		g->page_perm = entry_of(PLACE) & PTE_SYSCALL;
	}
	for (;;)			// its mappings count until stop()
		sys_yield();
}

static envid_t to;

static void
receives_at(uint32_t dstva)
{
	const uint32_t is = (uint32_t) env_of(to)->env_ipc_dstva;

	look_at("sys_ipc_recv", EX15);
	expect(is == dstva || (dstva >= UTOP && is >= UTOP), "env_ipc_dstva "
		"is %08x, expected %08x", is, dstva);
	look_at("sys_ipc_try_send", EX15);
}

static void
stop(void)
{
	sys_env_destroy(to);
	until_gone(to);
	sys_page_unmap(0, PAGE);	// so that the next thread has none
	sys_page_unmap(0, ROPAGE);
}

// Returns whether it waits for its first message; if not, it is ended.
static bool
start(int n)
{
	memset((void *) got, 0x77, sizeof(got));
	nreceive = n;
	received = -1;
	go = 1;
	to = thread_start(receiver);

	const bool ready = until_receiving(to);

	look_at("sys_ipc_recv", EX15);
	expect(ready, "a receiver does not come to be ENV_NOT_RUNNABLE with "
		"env_ipc_recving set");
	receives_at(at[0]);
	if (!ready)
		stop();
	return ready;
}

// Let it receive once more; does it?
static bool
next(void)
{
	go++;
	if (!until_receiving(to))
		return false;
	receives_at(at[go - 1]);
	return true;
}

// Send, and let the receiver take it as its message n.
static volatile struct Got *
send(int n, const char *what, uint32_t value, const void *va, int perm,
	int want)
{
	const int r = call(SYS_ipc_try_send, to, value, (uint32_t) va, perm,
		0);

	expect_result(what, r, want);
	if (r == 0 && want == 0) {
		expect(!env_of(to)->env_ipc_recving, "%s: the receiver still "
			"has env_ipc_recving set", what);
		expect(env_of(to)->env_status == ENV_RUNNABLE
			|| env_of(to)->env_status == ENV_RUNNING,
			"%s: the receiver has env_status %u, expected "
			"ENV_RUNNABLE", what, env_of(to)->env_status);
		expect(until(received > n), "%s: the receiver does not go on",
			what);
	}
	return &got[n];
}

static void
compare(const char *what, const volatile struct Got *g, uint32_t value,
	int perm)
{
	expect(g->result == 0, "%s: sys_ipc_recv returns %d to the receiver, "
		"expected 0", what, g->result);
	expect(g->value == value, "%s: env_ipc_value is %08x, expected %08x",
		what, g->value, value);
	expect(g->from == sys_getenvid(), "%s: env_ipc_from is %08x, expected "
		"%08x", what, g->from, sys_getenvid());
	expect(g->perm == perm, "%s: env_ipc_perm is %03x, expected %03x",
		what, g->perm, perm);
}

// -------------------------------------------------------------------- values

static void
values(void)
{
	static const uint32_t value[] = { 0x12345678, 0, ~0u, 0x80000000 };

	for (int i = 0; i < 4; i++)
		at[i] = UTOP;
	if (!start(4))
		return;
	for (int i = 0; i < 4; i++) {
		volatile struct Got *g = send(i, "a value", value[i],
			(void *) UTOP, RW, 0);

		compare("a value without a page", g, value[i], 0);
		if (i < 3 && !next())
			break;
	}
	stop();
}

// A second message has to wait for a second sys_ipc_recv.
static void
once(void)
{
	at[0] = UTOP;
	at[1] = UTOP;
	if (!start(2))
		return;

	int first = call(SYS_ipc_try_send, to, 1, UTOP, 0, 0);
	int second = call(SYS_ipc_try_send, to, 2, UTOP, 0, 0);

	expect_result("the first message", first, 0);
	expect_result("a second message before the receiver asks for it",
		second, -E_IPC_NOT_RECV);
	until(received > 0);
	expect(got[0].value == 1, "a message that was refused has overwritten "
		"the one before it: value %d", got[0].value);
	stop();
}

// ---------------------------------------------------------------------- pages

static void
pages_and_perms(void)
{
	at[0] = at[1] = at[2] = at[3] = at[4] = (uint32_t) PLACE;
	at[5] = UTOP;
	if (!start(6))
		return;
	sys_page_alloc(0, PAGE, RW);

	const uint32_t page = PGNUM(uvpt[PGNUM(PAGE)]);
	volatile struct Got *g = send(0, "a page with PTE_W", 5, PAGE, RW, 0);

	compare("a page with PTE_W", g, 5, RW);
	expect(g->page == page, "a page with PTE_W: it is not mapped at the "
		"address that the receiver gave");
	expect(g->page_perm == RW, "a page with PTE_W: it is mapped with "
		"permissions %03x, expected %03x", g->page_perm, RW);
	expect(refs_of(PAGE) == 2, "a page that was sent has pp_ref %d, "
		"expected 2", refs_of(PAGE));
	expect(!page_is_mapped(PLACE), "the page is mapped in the sender");

	next();
	g = send(1, "a page without PTE_W", 6, PAGE, RO | PTE_AVAIL, 0);
	compare("a page without PTE_W", g, 6, RO | PTE_AVAIL);
	expect(g->page == page && g->page_perm == (RO | PTE_AVAIL), "a page "
		"without PTE_W: it is mapped with permissions %03x, expected "
		"%03x", g->page_perm, RO | PTE_AVAIL);

	// Another page in its place
	next();
	sys_page_alloc(0, NOPAGE, RW);
	g = send(2, "a second page", 7, NOPAGE, RW, 0);
	expect(g->page == PGNUM(uvpt[PGNUM(NOPAGE)]), "a second page is not "
		"mapped in the place of the first");
	expect(refs_of(PAGE) == 1, "a page that was replaced has pp_ref %d, "
		"expected 1", refs_of(PAGE));
	sys_page_unmap(0, NOPAGE);

	// No page, where the receiver wants one: what it has there stays
	const uint32_t second = g->page;

	next();
	g = send(3, "no page to one who wants one", 8, (void *) UTOP, RW, 0);
	compare("no page to one who wants one", g, 8, 0);
	expect(g->page == second, "no page to one who wants one: what is "
		"mapped at the address that it gave has changed");
	next();
	g = send(4, "no page, srcva 0xFFFFFFFF", 9, (void *) ~0u, RW, 0);
	compare("no page, srcva 0xFFFFFFFF", g, 9, 0);

	// A page, where the receiver wants none
	next();
	g = send(5, "a page to one who wants none", 10, PAGE, RW, 0);
	compare("a page to one who wants none", g, 10, 0);
	expect(refs_of(PAGE) == 1, "a page to one who wants none: pp_ref is "
		"%d, expected 1", refs_of(PAGE));
	stop();
}

// One who wants no page may say so by any address from UTOP on.
static void
unwilling(void)
{
	static const uint32_t none[] = { UTOP + 1, UTOP + 0x300000,
		ULIM + 0x200000, 0xFFFFF000, ~0u, UTOP };

	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		at[0] = none[i];
		if (!start(1)) {
			wrong("a receiver with dstva %08x does not wait",
				none[i]);
			continue;
		}
		sys_page_alloc(0, PAGE, RW);

		volatile struct Got *g = send(0, "a page to one who wants "
			"none", 11, PAGE, RO, 0);

		expect(g->result == 0 && g->perm == 0 && g->value == 11
			&& refs_of(PAGE) == 1, "a page to a receiver with "
			"dstva %08x: result %d, env_ipc_perm %03x, pp_ref %d, "
			"expected 0, 0, 1", none[i], g->result, g->perm,
			refs_of(PAGE));
		stop();
	}
}

// Where a page may come from and go to: even address 0 is one
static void
willing(void)
{
	static const uint32_t some[] = { 0, 0x7FFFF000, 0x80000000,
		USTACKTOP };

	for (size_t i = 0; i < ARRAY_SIZE(some); i++) {
		at[0] = some[i];
		if (!start(1))
			continue;
		sys_page_alloc(0, NULL, RW);

		volatile struct Got *g = send(0, "the page at 0", 12, NULL, RO,
			0);

		expect(g->result == 0 && g->perm == RO && refs_of(NULL) == 2,
			"the page at 0, to a receiver with dstva %08x: result "
			"%d, env_ipc_perm %03x, pp_ref %d, expected 0, %03x, "
			"2", some[i], g->result, g->perm, refs_of(NULL), RO);
		sys_page_unmap(0, NULL);
		stop();
	}
}

// A bad page is an error, whether the receiver wants one or not, and leaves the
// receiver as it was.
static void
errors(uint32_t dstva)
{
	at[0] = dstva;
	if (!start(1))
		return;
	sys_page_alloc(0, PAGE, RW);
	sys_page_alloc(0, ROPAGE, RO);

	const volatile struct Env *e = env_of(to);
	const uint32_t value = e->env_ipc_value;
	const envid_t from = e->env_ipc_from;

	send(0, "an address that is not aligned", 12, PAGE + 1, RO, -E_INVAL);
	send(0, "an address where nothing is mapped", 12, NOPAGE, RO,
		-E_INVAL);
	send(0, "a read-only page with PTE_W", 12, ROPAGE, RW, -E_INVAL);
	send(0, "permissions without PTE_U", 12, PAGE, PTE_P, -E_INVAL);
	send(0, "permissions without PTE_P", 12, PAGE, PTE_U, -E_INVAL);
	send(0, "permissions 0 with a page", 12, PAGE, 0, -E_INVAL);
	send(0, "PTE_PCD", 12, PAGE, RO | PTE_PCD, -E_INVAL);
	expect(e->env_ipc_recving && e->env_status == ENV_NOT_RUNNABLE,
		"after an error, the receiver no longer waits");
	expect(e->env_ipc_value == value && e->env_ipc_from == from,
		"an error has changed env_ipc_value or env_ipc_from");
	expect(refs_of(PAGE) == 1 && refs_of(ROPAGE) == 1,
		"after errors, pp_ref of the pages is %d and %d, expected 1",
		refs_of(PAGE), refs_of(ROPAGE));

	volatile struct Got *g = send(0, "a page after errors", 13, PAGE, RO,
		0);

	compare("a page after errors", g, 13, dstva < UTOP ? RO : 0);
	stop();
}

// ------------------------------------------------------------------ who sends

static volatile envid_t target;
static volatile int sent;
static const char *volatile who;

static void
sender(void)
{
	until_receiving(target);	// a tick may have come before
	sent = call(SYS_ipc_try_send, target, 21, (uint32_t) PAGE, RO, 0);
	expect_result(who, sent, 0);
	sys_yield();
}

// A child of another environment may send, too: a sibling, and a child to its
// parent, which is then told who it was.
static void
siblings(void)
{
	at[0] = (uint32_t) PLACE;
	sys_page_alloc(0, PAGE, RW);
	if (!start(1))
		return;
	target = to;
	who = "from a sibling";

	const envid_t sibling = thread_start(sender);

	until(received > 0 || is_gone(sibling));
	expect(got[0].from == sibling && got[0].value == 21, "from a sibling: "
		"env_ipc_from is %08x, expected %08x", got[0].from, sibling);
	expect(got[0].page == PGNUM(uvpt[PGNUM(PAGE)]) || sent < 0,
		"from a sibling: the page is not the sender's");
	until_gone(sibling);
	stop();
}

static void
to_parent(void)
{
	target = sys_getenvid();
	who = "from a child to its parent";
	sys_page_alloc(0, PAGE, RW);

	const envid_t child = thread_make(sender);
	int r;

	sys_env_set_status(child, ENV_RUNNABLE);
	r = call(SYS_ipc_recv, (uint32_t) PLACE, 0, 0, 0, 0);
	expect_result("from a child to its parent: sys_ipc_recv", r, 0);
	expect(thisenv->env_ipc_from == child, "from a child to its parent: "
		"env_ipc_from is %08x, expected %08x", thisenv->env_ipc_from,
		child);
	expect(thisenv->env_ipc_value == 21, "from a child to its parent: "
		"env_ipc_value is %u, expected 21", thisenv->env_ipc_value);
	expect(thisenv->env_ipc_perm == RO && page_is_mapped(PLACE),
		"from a child to its parent: no page came");
	sys_page_unmap(0, PLACE);
	until_gone(child);
}

// ------------------------------------------------------------- sys_ipc_recv

// The receiver sleeps until a message comes, and keeps what is mapped where it
// wants a page.
static void
sleeps(void)
{
	at[0] = (uint32_t) PLACE;
	sys_page_alloc(0, PLACE, RW);	// the receiver has it, too
	if (!start(1)) {
		sys_page_unmap(0, PLACE);
		return;
	}
	look_at("sys_ipc_recv", EX15);
	expect(env_of(to)->env_ipc_dstva == PLACE, "env_ipc_dstva is %p, "
		"expected %p", env_of(to)->env_ipc_dstva, PLACE);

	const uint32_t runs = env_of(to)->env_runs;

	for (int i = 0; i < 20; i++)
		sys_yield();
	expect(env_of(to)->env_runs == runs && received == 0,
		"the receiver runs before a message comes");
	expect(refs_of(PLACE) == 2, "what is mapped at dstva is unmapped "
		"before a page comes");
	stop();
	sys_page_unmap(0, PLACE);
}

// One that is ENV_NOT_RUNNABLE, but does not receive, cannot be sent to.
static void
stopped(void)
{
	const envid_t child = sys_exofork();

	look_at("sys_ipc_try_send", EX15);
	expect_result("to one that is stopped, but does not receive",
		call(SYS_ipc_try_send, child, 1, UTOP, 0, 0),
		-E_IPC_NOT_RECV);
	expect(env_of(child)->env_status == ENV_NOT_RUNNABLE,
		"a message that was refused has started its target");
	sys_env_destroy(child);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	// A page table for what follows
	sys_page_alloc(0, LOOK, RW);

	values();
	once();
	sleeps();
	pages_and_perms();
	unwilling();
	willing();
	errors((uint32_t) PLACE);
	errors(UTOP);
	siblings();
	stopped();
	to_parent();		// for ever, if the child cannot send
	look_no_more();
}
