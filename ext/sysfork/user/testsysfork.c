// ext/sysfork/user/testsysfork.c - what the child of sys_fork has of its parent:
// heap, deep stack, descriptors, upcall, and what neither may see of the other.

#include <ext/test.h>

#include <ext/sysfork/sysfork.h>

#define HEAP		((char *) 0x20000000)
#define NHEAP		1500		// pages: several slices
#define SHARED		((volatile int *) 0x30000000)
#define DEEP		20		// pages of stack
#define RW		(PTE_P | PTE_U | PTE_W)

static volatile int data = 1;

// In both: write everywhere, and see what the other has not written.
static void
use_all(int mine, volatile char *deep)
{
	for (int i = 0; i < NHEAP; i += 7) {
		expect("heap", HEAP[i * PGSIZE], (char) i);
		HEAP[i * PGSIZE] = mine;
	}
	expect("data", data, 1);
	data = mine;
	for (int i = 0; i < DEEP; i++) {
		expect("stack", deep[i * PGSIZE], (char) i);
		deep[i * PGSIZE] = mine;
	}
	expect("thisenv", thisenv->env_id, sys_getenvid());
	for (int i = 0; i < NHEAP; i += 7)
		expect("own heap", HEAP[i * PGSIZE], mine);
	expect("own data", data, mine);
}

static void __attribute__((noinline))
test_deep(void)
{
	volatile char deep[DEEP * PGSIZE];
	int ends[2];

	for (int i = 0; i < DEEP; i++)
		deep[i * PGSIZE] = i;
	must("pipe", pipe(ends));

	const envid_t child = sys_fork();

	must("sys_fork", child);
	if (child == 0) {
		close(ends[0]);
		use_all(2, deep);
		expect("upcall", thisenv->env_pgfault_upcall
			== (void *) _pgfault_upcall, 1);
		*SHARED = 42;
		must("write", write(ends[1], "x", 1));
		exit();
	}
	close(ends[1]);

	char c = 0;

	expect("read", read(ends[0], &c, 1), 1);
	expect("pipe", c, 'x');
	expect("shared", *SHARED, 42);
	use_all(3, deep);
	expect("end of the pipe", read(ends[0], &c, 1), 0);
	wait(child);
	close(ends[0]);
}

// A handler of the program's own goes on in the child, on a stack of its own.
static void
catch(struct UTrapframe *utf)
{
	must("sys_page_alloc", sys_page_alloc(0, (void *) ROUNDDOWN(
		utf->utf_fault_va, PGSIZE), RW));
}

// The child has a copy of the exception stack: what the parent had below the
// frames, and not what it writes there later.
static void
test_exception_stack(void)
{
	volatile uint32_t *const low = (uint32_t *) (UXSTACKTOP - PGSIZE);

	*low = 1;
	const envid_t child = sys_fork();

	if (child == 0) {
		expect("exception stack", ipc_recv(NULL, NULL, NULL), *low);
		*low = 3;
		exit();
	}
	must("sys_fork", child);
	*low = 2;
	ipc_send(child, 1, NULL, 0);
	wait(child);
	expect("own exception stack", *low, 2);
}

// Where memory ends, there is an error and no child.
static void
test_no_memory(void)
{
	const int before = free_envs();

	for (int n = 1; n < 30; n++) {
		if (sys_debug(DEBUG_FAIL_ALLOC, n) < 0)
			return;		// not on this machine

		const envid_t child = sys_fork();

		sys_debug(DEBUG_FAIL_ALLOC, 0);
		if (child == 0)
			exit();
		if (child > 0)
			wait(child);
		else
			expect("no memory", child, -E_NO_MEM);
		while (free_envs() != before)
			sys_yield();	// a large one is freed in slices
	}
}

// The stack grows on demand, for test_deep.
static void
grow_stack(void)
{
	for (int i = 2; i < DEEP + 4; i++)
		must("sys_page_alloc", sys_page_alloc(0,
			(void *) USTACKTOP - i * PGSIZE, RW));
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	grow_stack();
	set_pgfault_handler(catch);
	HEAP[0] = 0;			// catch maps it
	for (int i = 1; i < NHEAP; i++) {
		must("sys_page_alloc", sys_page_alloc(0, HEAP + i * PGSIZE,
			RW));
		HEAP[i * PGSIZE] = i;
	}
	must("sys_page_alloc", sys_page_alloc(0, (void *) SHARED,
		RW | PTE_SHARE));
	test_deep();
	data = 1;
	test_exception_stack();
	test_no_memory();
	cprintf("testsysfork ok\n");
}
