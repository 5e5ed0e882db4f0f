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
}

// Each of these would sleep, switch, return twice, or not return.
static void
test_refused(void)
{
	static const uint32_t refused[] = { SYS_yield, SYS_exofork,
		SYS_env_destroy, SYS_ipc_recv, SYS_ipc_recv_from, SYS_ipc_send,
		SYS_ipc_call, SYS_ipc_reply, SYS_ipc_reply_recv, SYS_cons_wait,
		SYS_env_wait, SYS_irq_wait, SYS_page_wait, SYS_page_held,
		SYS_page_map_list, SYS_poweroff, SYS_debug, SYS_batch,
		SYS_cons_line, SYS_cons_foreground, 9999, (uint32_t) -1 };
	struct BatchedCall list[] = {
		{ SYS_cputs, { (uintptr_t) VA, 129 }, 0 },
		{ SYS_env_set_status, { 0, ENV_NOT_RUNNABLE }, 0 },
		{ SYS_env_set_trapframe, { 0, (uintptr_t) VA }, 0 },
	};

	expect("refused", sys_batch(list, 3, BATCH_GO_ON), 3);
	for (int i = 0; i < 3; i++)
		expect("arguments", list[i].result, -E_NOT_SUPP);
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		list[0].number = refused[i];
		expect("made", sys_batch(list, 1, 0), 1);
		if (list[0].result != -E_NOT_SUPP)
			panic("call %d is not refused", refused[i]);
	}
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

// A child makes a batch with a bad list, which ends it.
static void
expect_end(const char *what, void *list, size_t n)
{
	const envid_t child = fork_or_panic();

	if (child == 0) {
		ext_call(SYS_batch, (uintptr_t) list, n, 0, 0, 0);
		panic("%s: the batch returned", what);
	}
	wait(child);
}

static void
test_pointers(void)
{
	struct BatchedCall *edge = VA + PGSIZE - 2 * sizeof(*edge);

	sys_page_unmap(0, VA + PGSIZE);
	expect_end("kernel", (void *) KERNBASE, 1);
	expect_end("read-only", (void *) UENVS, 1);
	expect_end("wraps", (void *) -4, 1);
	expect_end("no page", NULL, 1);
	for (int i = 0; i < 2; i++)
		edge[i] = (struct BatchedCall) { SYS_getenvid, { 0 }, 0 };
	expect("up to the edge", sys_batch(edge, 2, 0), 2);
	expect_end("over the edge", edge, 3);
	edge[0] = (struct BatchedCall) { SYS_page_unmap,
		{ 0, (uintptr_t) VA }, 0 };
	expect_end("unmaps its list", edge, 2);
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
	test_pointers();
	cprintf("testbatch ok\n");
}
