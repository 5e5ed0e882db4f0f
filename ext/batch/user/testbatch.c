// ext/batch/user/testbatch.c - what a batch does, and what it refuses.

#include <ext/test.h>

#include <ext/batch/batch.h>

#define VA		((void *) 0x20000000)
#define RW		(PTE_P | PTE_U | PTE_W)

static void
test_results(void)
{
	struct BatchedCall list[] = {
		{ SYS_getenvid, { 0 }, 0 },
		{ SYS_page_alloc, { 0, (uintptr_t) VA, RW }, 0 },
		{ SYS_page_map, { 0, (uintptr_t) VA, 0,
			(uintptr_t) VA + PGSIZE, RW }, 0 },
		{ SYS_cputs, { (uintptr_t) "batched\n", 8 }, 0 },
		{ SYS_page_map, { 0, 1, 0, 1, RW }, 0 },
		{ SYS_getenvid, { 0 }, 0 },
	};
	const int n = ARRAY_SIZE(list);

	expect("stops", sys_batch(list, n, 0), 5);
	expect("getenvid", list[0].result, sys_getenvid());
	expect("bad page_map", list[4].result, -E_INVAL);
	expect("after the stop", list[5].result, 0);
	*(volatile int *) VA = 17;
	expect("mapped", *(volatile int *) (VA + PGSIZE), 17);
	expect("goes on", sys_batch(list, n, BATCH_GO_ON), n);
	expect("the last", list[5].result, sys_getenvid());
	expect("an argument", list[5].arg[0], 0);

	// What comes after the one that fails is not done.
	struct BatchedCall stops[] = {
		{ SYS_page_unmap, { 0, (uintptr_t) VA + PGSIZE }, 1 },
		{ SYS_page_unmap, { 0, 1 }, 1 },
		{ SYS_page_unmap, { 0, (uintptr_t) VA }, 1 },
	};

	expect("two", sys_batch(stops, 3, 0), 2);
	expect("done", page_is_mapped(VA + PGSIZE), false);
	expect("not done", page_is_mapped(VA), true);
	expect("so far", stops[0].result, 0);
	expect("fails", stops[1].result, -E_INVAL);
}

// Only these are made: what else there is may sleep, switch, return twice, or
// not return.
static bool
is_allowed(uint32_t number)
{
	switch (number) {
	case SYS_cputs:
	case SYS_cgetc:
	case SYS_getenvid:
	case SYS_page_alloc:
	case SYS_page_map:
	case SYS_page_unmap:
	case SYS_env_set_status:
	case SYS_env_set_trapframe:
	case SYS_env_set_pgfault_upcall:
	case SYS_ipc_try_send:
	case SYS_page_wake:
	case SYS_page_copy:
		return true;
	default:
		return false;
	}
}

#define NUMBERS		300		// more than there are

static void
test_refused(void)
{
	struct BatchedCall list[] = {
		{ SYS_cputs, { (uintptr_t) VA, 129 }, 0 },
		{ SYS_env_set_status, { 0, ENV_NOT_RUNNABLE }, 0 },
		{ SYS_env_set_trapframe, { 0, (uintptr_t) VA }, 0 },
	};

	expect("refused", sys_batch(list, 3, BATCH_GO_ON), 3);
	for (int i = 0; i < 3; i++)
		expect("arguments", list[i].result, -E_NOT_SUPP);

	// As unsigned numbers, -1 and so on are large
	for (int number = -2; number < NUMBERS; number++) {
		list[0] = (struct BatchedCall) { number, { 0 }, 0 };
		if (is_allowed(number))
			continue;
		expect("made", sys_batch(list, 1, 0), 1);
		if (list[0].result != -E_NOT_SUPP)
			panic("call %d is not refused", number);
	}
}

// Messages wake their receiver, who runs after the batch.
static void
test_messages(void)
{
	const envid_t child = fork_or_panic();

	if (child == 0) {
		expect("message", ipc_recv(NULL, NULL, NULL), 1);
		expect("message", ipc_recv(NULL, NULL, NULL), 2);
		exit();
	}

	struct BatchedCall list[] = {
		{ SYS_ipc_try_send, { child, 1, UTOP }, 0 },
		{ SYS_ipc_try_send, { child, 99, UTOP }, 0 },
		{ SYS_getenvid, { 0 }, 0 },
	};

	expect_asleep("a receiver", child);
	expect("messages", sys_batch(list, 3, BATCH_GO_ON), 3);
	expect("the first", list[0].result, 0);
	expect("the second", list[1].result, -E_IPC_NOT_RECV);
	ipc_send(child, 2, NULL, 0);
	wait(child);
}

static void
test_bounds(void)
{
	static struct BatchedCall list[BATCH_MAX + 1];

	for (int i = 0; i <= BATCH_MAX; i++)
		list[i].number = SYS_getenvid;
	expect("none", sys_batch(list, 0, 0), 0);
	expect("the most", sys_batch(list, BATCH_MAX, 0), BATCH_MAX);
	expect("too many", sys_batch(list, BATCH_MAX + 1, 0), -E_INVAL);
	expect("far too many", ext_call(SYS_batch, (uintptr_t) list, -1, 0, 0,
		0), -E_INVAL);
	expect("a flag", sys_batch(list, 1, 2), -E_INVAL);
}

// A child makes a batch with a bad list, which ends it, whatever the results of
// calls before.  Returns its id.
static envid_t
expect_end(const char *what, void *list, size_t n)
{
	const envid_t child = fork_or_panic();

	if (child == 0) {
		ext_call(SYS_batch, (uintptr_t) list, n, BATCH_GO_ON, 0, 0);
		panic("%s: the batch returned", what);
	}
	wait(child);
	return child;
}

// The same, and of the calls, which are SYS_getenvid, the first few are made.
static void
expect_seen(const char *what, struct BatchedCall *list, size_t n, size_t made)
{
	const envid_t child = expect_end(what, list, n);

	for (size_t i = 0; i < made; i++)
		expect(what, list[i].result, child);
}

// A list in the two pages at VA, and with an entry in both.  Children share
// them, so what is done before they end can be seen.
static void
test_edge(void)
{
	struct BatchedCall *const edge = VA + PGSIZE - 2 * sizeof(*edge);
	struct BatchedCall *const divided = (void *) edge + sizeof(*edge) / 2
		/ sizeof(uint32_t) * sizeof(uint32_t);
	struct BatchedCall list[3];

	for (int i = 0; i < 3; i++)
		list[i] = (struct BatchedCall) { SYS_getenvid, { 0 }, 0 };

	must("sys_page_alloc", sys_page_alloc(0, VA, RW | PTE_SHARE));
	sys_page_unmap(0, VA + PGSIZE);
	memcpy(edge, list, 2 * sizeof(*edge));
	expect("up to the edge", sys_batch(edge, 2, 0), 2);
	expect_seen("over the edge", edge, 3, 2);
	memcpy(divided, list, (uintptr_t) VA + PGSIZE - (uintptr_t) divided);
	expect_seen("half of it is there", divided, 2, 1);

	must("sys_page_alloc", sys_page_alloc(0, VA + PGSIZE, RW | PTE_SHARE));
	memcpy(divided, list, sizeof(list));
	expect("divided", sys_batch(divided, 3, 0), 3);
	for (int i = 0; i < 3; i++)
		expect("result", divided[i].result, sys_getenvid());
	divided[1] = (struct BatchedCall) { SYS_cputs,
		{ (uintptr_t) "made before the check\n", 22 }, 0 };
	must("sys_page_map", sys_page_map(0, VA + PGSIZE, 0, VA + PGSIZE,
		PTE_P | PTE_U | PTE_SHARE));
	expect_seen("half is read-only", divided, 2, 1);
	sys_page_unmap(0, VA + PGSIZE);
}

// A call of the batch takes the list away, or the right to write to it; or ends
// the program.  So no result is written.
static void
test_list_goes(void)
{
	struct BatchedCall *const edge = VA + PGSIZE - 2 * sizeof(*edge);

	static const struct BatchedCall goes[] = {
		{ SYS_page_unmap, { 0, (uintptr_t) VA }, 1 },
		{ SYS_page_map, { 0, (uintptr_t) VA, 0, (uintptr_t) VA,
			PTE_P | PTE_U | PTE_SHARE }, 1 },
		{ SYS_cputs, { KERNBASE, 1 }, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(goes); i++) {
		edge[0] = edge[1] = goes[i];
		expect_end("the list goes", edge, 2);
		expect("result", edge[0].result, 1);
	}
}

// The last page that a program can have is that of the exception stack.
static void
test_end_of_memory(void)
{
	struct BatchedCall *const last = (struct BatchedCall *) UTOP - 1;

	*last = (struct BatchedCall) { SYS_getenvid, { 0 }, 0 };
	expect("the last", sys_batch(last, 1, 0), 1);
	expect("its result", last->result, sys_getenvid());
	expect_end("over the end", last, 2);
}

static void
test_pointers(void)
{
	expect_end("kernel", (void *) KERNBASE, 1);
	expect_end("read-only", (void *) UENVS, 1);
	expect_end("wraps", (void *) -4, 1);
	expect_end("no page", NULL, 1);
	expect("no list", ext_call(SYS_batch, 0, 0, 0, 0, 0), 0);
	expect("not aligned", ext_call(SYS_batch, (uintptr_t) VA + 1, 1, 0, 0,
		0), -E_INVAL);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	test_results();
	test_refused();
	test_bounds();
	test_messages();
	test_pointers();
	test_edge();
	test_list_goes();
	test_end_of_memory();
	cprintf("testbatch ok\n");
}
