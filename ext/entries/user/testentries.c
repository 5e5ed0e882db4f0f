// ext/entries/user/testentries.c - how often programs come into the kernel to do
// what everybody knows, for ext/entries/test.
//
// The argument is how many CPUs there are.  On one, counts are exact, and the
// program prints them, as rows of a table; then what a call takes, with -icount.
// On several, none may be lost.

#include <tests/user/bench.h>

#include <ext/ext.h>
#include <ext/test.h>

#define LOOPS		1000
#define CHILDREN	4

static int
entries(int kind)
{
	return ext_call(SYS_entries, kind, 0, 0, 0, 0);
}

// ------------------------------------------------------------------- on one CPU

static void
nothing(void)
{
}

static void
null_call(void)
{
	sys_getenvid();
}

static void
alloc_and_unmap(void)
{
	alloc_pages(1);
	unmap_pages(1);
}

static void
alloc_page(struct UTrapframe *utf)
{
	must("sys_page_alloc", sys_page_alloc(0,
		(void *) ROUNDDOWN(utf->utf_fault_va, PGSIZE), RW));
}

static void
fault(void)
{
	write_pages(1);
}

static void
fork_and_wait(void)
{
	in_child(nothing);
}

static envid_t server;

static void
send_and_receive(void)
{
	ipc_call(server, 0, NULL, 0, NULL);
}

// Print a row: how often f comes into the kernel by a call, and by a page fault
static void
count(const char *what, void (*f)(void))
{
	const int faults = entries(T_PGFLT), calls = entries(T_SYSCALL);

	f();

	// The call that asks is the last of those that it counts.
	const int more_calls = entries(T_SYSCALL) - calls - 1;

	cprintf("| %s | %d | %d |\n", what, more_calls,
		entries(T_PGFLT) - faults);
}

static void
count_all(void)
{
	set_pgfault_handler(alloc_page);
	count("nothing", nothing);
	count("a null call", null_call);
	count("a page allocated and unmapped", alloc_and_unmap);
	count("a page fault whose handler allocates the page", fault);
	unmap_pages(1);
	server = start(answer_calls);
	send_and_receive();
	count("a message and its reply, both sides", send_and_receive);
	must("sys_env_destroy", sys_env_destroy(server));
	count("fork, exit and wait", fork_and_wait);
}

static void
time_calls(void)
{
	uint32_t lowest = ~0u;

	for (int i = 0; i < 3; i++) {
		const uint32_t start = read_tsc();

		for (int n = 0; n < LOOPS; n++)
			sys_getenvid();
		lowest = MIN(lowest, (uint32_t) read_tsc() - start);
	}
	cprintf("%u instructions for %d calls\n", lowest, LOOPS);
}

// ------------------------------------------------------------- on several CPUs

static void
call_often(void)
{
	for (int n = 0; n < 100 * LOOPS; n++)
		sys_getenvid();
}

static void
count_at_once(void)
{
	const int before = entries(T_SYSCALL);
	envid_t child[CHILDREN];

	for (int i = 0; i < CHILDREN; i++)
		if ((child[i] = fork_or_panic()) == 0) {
			call_often();
			return;
		}
	for (int i = 0; i < CHILDREN; i++)
		wait(child[i]);

	const int more = entries(T_SYSCALL) - before;
	const int want = CHILDREN * 100 * LOOPS;

	if (more < want || more > want + want / 100)
		panic("%d calls were counted as %d", want, more);
	cprintf("testentries ok\n");
}

void
umain(int argc, char **argv)
{
	const bool is_on = entries(T_SYSCALL) >= 0;

	if (is_on)
		expect("another kind", entries(T_DIVIDE), -E_INVAL);
	if (argc > 1 && strtol(argv[1], NULL, 10) > 1) {
		count_at_once();
		return;
	}
	if (is_on)
		count_all();
	time_calls();
	cprintf("testentries ok\n");
}
