// ext/ready/user/readycost.c - what a scheduler costs with few and with many
// environments that are ready, as rows of a table.
//
// Counts instructions: right under QEMU's -icount, and with one CPU, only.

#include <inc/x86.h>

#include <ext/test.h>

#include <ext/priority/priority.h>

#define BATCHES		3
#define CALLS		100
#define ROUNDS		4		// of all that are ready
#define LOW		3		// a priority

static const int sizes[] = { 2, 500 };	// how many others are ready
#define NSIZES		ARRAY_SIZE(sizes)

static envid_t other[500], server;

// What parent and children share
static struct Shared {
	volatile uint32_t turns;	// of all others
	volatile bool over;
} *const shared = (struct Shared *) 0x10000000;

static int mine;				// priority; negative: there are none

static bool
has_priorities(void)
{
	return mine >= 0;
}

// Give all others this priority, if there are priorities.
static void
set_priorities(int n, int priority)
{
	if (!has_priorities())
		return;
	for (int i = 0; i < n; i++)
		must("sys_env_set_priority",
			sys_env_set_priority(other[i], priority));
}

static void
take_turns(void)
{
	ipc_recv(NULL, NULL, NULL);
	while (!shared->over) {
		shared->turns++;
		sys_yield();
	}
	ipc_recv(NULL, NULL, NULL);
}

static void
start_others(int n)
{
	shared->over = false;
	for (int i = 0; i < n; i++) {
		if ((other[i] = fork_or_panic()) == 0)
			take_turns();
		while (!envs[ENVX(other[i])].env_ipc_recving)
			sys_yield();
	}
	for (int i = 0; i < n; i++)
		must("ipc_send_queued",
			ipc_send_queued(other[i], 0, NULL, 0));
}

static void
end_others(int n)
{
	shared->over = true;
	for (int i = 0; i < n; i++)
		destroy_and_wait(other[i]);
}

// A child that answers each message
static envid_t
start_server(void)
{
	const envid_t child = fork_or_panic();
	envid_t from;

	if (child != 0)
		return child;
	ipc_recv(&from, NULL, NULL);
	for (;;)
		ipc_reply_recv(from, 0, NULL, 0, (void *) UTOP);
}

// ------------------------------------------------------------------- counts

static uint32_t
null_calls(void)
{
	for (int i = 0; i < CALLS; i++)
		sys_getenvid();
	return CALLS;
}

static uint32_t
yields(void)
{
	for (int i = 0; i < CALLS; i++)
		sys_yield();
	return CALLS;
}

static uint32_t
messages(void)
{
	for (int i = 0; i < CALLS; i++)
		ipc_call(server, 0, NULL, 0, NULL);
	return CALLS;
}

// From one to the next, until each has had its turn some times
static uint32_t
all_turns(void)
{
	const uint32_t start = shared->turns;

	for (int i = 0; i < ROUNDS; i++)
		sys_yield();
	return shared->turns - start + ROUNDS;
}

// How much the counter goes on in an instruction: two readings are two apart.
static uint32_t
unit(void)
{
	const uint32_t start = read_tsc();

	return ((uint32_t) read_tsc() - start) / 2;
}

// The instructions for each of what f did; the lowest of some batches, as a tick
// may come in between.
static uint32_t
cost(uint32_t (*f)(void))
{
	const uint32_t instruction = unit();
	uint32_t lowest = ~0u;

	f();				// until all pages have been copied
	for (int i = 0; i < BATCHES; i++) {
		const uint32_t start = read_tsc(), n = f(),
			each = ((uint32_t) read_tsc() - start) / instruction
				/ n;

		lowest = MIN(lowest, each);
	}
	return lowest;
}

// ---------------------------------------------------------------- the table

static struct Row {
	const char *what;
	uint32_t (*f)(void);
	bool others_lower;		// needs priorities
	uint32_t cost[NSIZES];
} rows[] = {
	{ "null call", null_calls, true, { 0 } },
	{ "yield", yields, true, { 0 } },
	{ "message and its reply", messages, true, { 0 } },
	{ "null call, others as high", null_calls, false, { 0 } },
	{ "from one to the next", all_turns, false, { 0 } },
};

static void
count(int size)
{
	const int n = sizes[size];

	start_others(n);
	for (uint32_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].others_lower && !has_priorities())
			continue;
		set_priorities(n, rows[i].others_lower ? LOW : mine);
		rows[i].cost[size] = cost(rows[i].f);
	}
	end_others(n);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	wait_for_server();
	mine = sys_env_get_priority(0);
	must("sys_page_alloc", sys_page_alloc(0, shared,
		PTE_P | PTE_U | PTE_W | PTE_SHARE));
	server = start_server();
	while (!envs[ENVX(server)].env_ipc_recving)
		sys_yield();
	if (!has_priorities())
		cprintf("| message and its reply, nobody else ready | %d |\n",
			cost(messages));
	for (uint32_t i = 0; i < NSIZES; i++)
		count(i);
	for (uint32_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct Row *r = &rows[i];

		if (r->cost[0] != 0)
			cprintf("| %s | %d | %d |\n", r->what, r->cost[0],
				r->cost[1]);
		if (r->cost[1] > 2 * r->cost[0])
			panic("%s: grows with how many are ready", r->what);
	}
	cprintf("readycost ok\n");
}
