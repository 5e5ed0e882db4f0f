// tests/user/bench.c - counts the instructions of system calls, memory, faults,
// fork, messages and the console.  `make bench` runs it and makes a table of
// its output (docs/speed.md).  It starts tests/user/benchfile.c and
// tests/user/benchprimes.c at the end, for files and for primes.
//
// The order matters: before the first fork no page of this program is
// copy-on-write, and before it allocates more memory its children are small.

#include <tests/user/bench.h>

#define LOOPS		100
#define PAGES		64
#define MORE_PAGES	256

// ------------------------------------------------------------- calibration

// Count a loop of 200,000 instructions.  The result includes the instruction
// that reads the counter afterwards.
static uint32_t
count_loop(void)
{
	uint32_t before, after;

	__asm__ volatile("rdtsc\n"
		"	movl %%eax, %0\n"
		"	movl $99999, %%ecx\n"
		"1:	decl %%ecx\n"
		"	jnz 1b\n"
		"	rdtsc\n"
		: "=&r" (before), "=&a" (after) : : "ecx", "edx", "cc");
	return after - before;
}

static void
bench_calibration(void)
{
	uint32_t count;

	BENCH("tsc", 1, NOTHING, NOTHING, NOTHING);
	for (int i = 0; i < BATCHES; i++)
		count = i ? MIN(count, count_loop()) : count_loop();
	report("loop", count);
}

// ------------------------------------------------------------ system calls

static void
bench_calls(void)
{
	BENCH("null_call", LOOPS, NOTHING,
		TIMES(LOOPS, sys_getenvid()), NOTHING);
	BENCH("yield", LOOPS, NOTHING, TIMES(LOOPS, sys_yield()), NOTHING);
}

static void
bench_pages(void)
{
	alloc_pages(1);
	BENCH("page_alloc", LOOPS, NOTHING, TIMES(LOOPS,
		sys_page_alloc(0, PAGE(1), RW);
		sys_page_unmap(0, PAGE(1))), NOTHING);
	BENCH("page_map", LOOPS, NOTHING, TIMES(LOOPS,
		sys_page_map(0, PAGE(0), 0, PAGE(1), RW);
		sys_page_unmap(0, PAGE(1))), NOTHING);
	BENCH("unmap_nothing", LOOPS, NOTHING, TIMES(LOOPS,
		sys_page_unmap(0, PAGE(1))), NOTHING);
	unmap_pages(1);
}

static void
bench_exofork(void)
{
	BENCH("exofork", LOOPS, NOTHING,
		TIMES(LOOPS, sys_env_destroy(sys_exofork())), NOTHING);
}

// ------------------------------------------------------------------ faults

// An instruction of two bytes that faults
static void
touch_nothing(void)
{
	__asm__ volatile("movb (%0), %%al" : : "c" (PAGE(0)) : "eax");
}

static void
skip_instruction(struct UTrapframe *utf)
{
	utf->utf_eip += 2;
}

static void
map_page(struct UTrapframe *utf)
{
	must("sys_page_alloc", sys_page_alloc(0,
		(void *) ROUNDDOWN(utf->utf_fault_va, PGSIZE), RW));
}

static void
bench_faults(void)
{
	set_pgfault_handler(skip_instruction);
	BENCH("fault", LOOPS, NOTHING, TIMES(LOOPS, touch_nothing()), NOTHING);
	set_pgfault_handler(map_page);
	BENCH("fault_map", PAGES, NOTHING, write_pages(PAGES),
		unmap_pages(PAGES));
}

// -------------------------------------------------------------------- fork

static void
do_nothing(void)
{
}

static void
sleep(void)
{
	sys_ipc_recv((void *) UTOP);
}

static void
write_more(void)
{
	write_pages(MORE_PAGES);
}

static void
bench_fork(void)
{
	envid_t child;

	BENCH("fork", 1, NOTHING, child = start(do_nothing), wait(child));
	BENCH("fork_wait", 1, NOTHING, wait(start(do_nothing)), NOTHING);

	alloc_pages(MORE_PAGES);
	BENCH("fork_256", 1, NOTHING, child = start(do_nothing), wait(child));
	BENCH("fork_256_write", 1, NOTHING, wait(start(write_more)), NOTHING);
	unmap_pages(MORE_PAGES);
}

static void
bench_copies(void)
{
	envid_t child;

	alloc_pages(PAGES);
	BENCH("cow_shared", PAGES, child = start(sleep), write_pages(PAGES),
		destroy_and_wait(child));
	BENCH("cow_sole", PAGES, destroy_and_wait(start(sleep)),
		write_pages(PAGES), NOTHING);
	unmap_pages(PAGES);
}

// ----------------------------------------------------- other environments

static void
answer(void)
{
	envid_t from;

	for (;;) {
		uint32_t value = ipc_recv(&from, NULL, NULL);

		ipc_send(from, value, NULL, 0);
	}
}

static void
answer_page(void)
{
	envid_t from;

	for (;;) {
		uint32_t value = ipc_recv(&from, PAGE(1), NULL);

		ipc_send(from, value, PAGE(1), RW);
	}
}

static void
bench_others(void)
{
	envid_t child = start(yield_for_ever);

	BENCH("yield_two", LOOPS, NOTHING, TIMES(LOOPS, sys_yield()), NOTHING);
	destroy_and_wait(child);

	child = start(answer);
	BENCH("ipc", LOOPS, NOTHING, TIMES(LOOPS,
		ipc_send(child, i, NULL, 0);
		ipc_recv(NULL, NULL, NULL)), NOTHING);
	destroy_and_wait(child);

	child = start(answer_calls);
	BENCH("ipc_call", LOOPS, NOTHING, TIMES(LOOPS,
		ipc_call(child, i, NULL, 0, NULL)), NOTHING);
	destroy_and_wait(child);

	child = start(answer_page);
	alloc_pages(1);
	BENCH("ipc_page", LOOPS, NOTHING, TIMES(LOOPS,
		ipc_send(child, i, PAGE(0), RW);
		ipc_recv(NULL, PAGE(1), NULL)), NOTHING);
	destroy_and_wait(child);
	unmap_pages(2);
}

// ----------------------------------------------------------------- console

static const char line[] = "Printing lines of eighty characters, as "
	"this one is, takes so many instructions\n";
_Static_assert(sizeof(line) == 80 + 1, "without the NUL");

static void
bench_console(void)
{
	BENCH("cputs_1", 10, NOTHING, TIMES(10, sys_cputs(".", 1)),
		sys_cputs("\n", 1));
	BENCH("cputs_80", 10, NOTHING, TIMES(10, sys_cputs(line, 80)), NOTHING);
	BENCH("cprintf_80", 10, NOTHING, TIMES(10, cprintf("%s", line)),
		NOTHING);
}

static int
count_pages(void)
{
	int n = 0;

	for (uintptr_t va = 0; (va = next_mapped(va, UTOP)) < UTOP;
	    va += PGSIZE)
		n++;
	return n;
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	close(open("motd", O_RDONLY));	// wait for the file server to start
	bench_calibration();
	bench_calls();
	bench_pages();
	bench_exofork();
	bench_faults();
	report("pages", count_pages());
	bench_fork();
	bench_copies();
	bench_others();
	bench_console();
	run_program("benchfile");
	run_program("benchprimes");
	cprintf("bench ok\n");
}
