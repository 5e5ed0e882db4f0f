// ext/sysenter/user/testsysenter.c - calls by SYSENTER do what those by the
// interrupt do, and the table of their paths is right.
//
// The argument is 1 if the processor has SYSENTER, and 0 if not; 2 makes calls of
// other extensions.

#include <ext/test.h>

#include <inc/x86.h>

#include <ext/batch/batch.h>
#include <ext/cow.h>
#include <ext/sysenter/sysenter.h>

#define VA		((void *) 0x20000000)
#define RW		(PTE_P | PTE_U | PTE_W)
#define CALLS		1000
#define TRIES		5

static bool fast;			// is there SYSENTER?
static char text[3000];

static int
interrupts(void)
{
	return ext_call(SYS_entries, T_SYSCALL, 0, 0, 0, 0);
}

// How many interrupts a statement takes
#define INTERRUPTS(statement) ({					\
	const int before = interrupts();				\
	statement;							\
	interrupts() - before - 1;					\
})

static void
test_results(void)
{
	expect("getenvid", fast_syscall(SYS_getenvid, 0, 0, 0, 0, 0),
		sys_getenvid());
	expect("page_alloc", fast_syscall(SYS_page_alloc, 0, (uintptr_t) VA, RW,
		0, 0), 0);
	*(volatile int *) VA = 17;
	expect("page_map", fast_syscall(SYS_page_map, 0, (uintptr_t) VA, 0,
		(uintptr_t) VA + PGSIZE, RW), 0);
	expect("mapped", *(volatile int *) (VA + PGSIZE), 17);
	expect("bad fifth argument", fast_syscall(SYS_page_map, 0,
		(uintptr_t) VA, 0, (uintptr_t) VA + PGSIZE, 1 << 20), -E_INVAL);
	expect("unmap", fast_syscall(SYS_page_unmap, 0, (uintptr_t) VA, 0, 0,
		0), 0);
	expect("no such call", fast_syscall(12345, 0, 0, 0, 0, 0), -E_INVAL);
	expect("there", ext_call(SYS_sysenter, 0, 0, 0, 0, 0) > 0, fast);
}

// Registers and flags other than eax are kept.
static void
test_registers(void)
{
	uint32_t c = 0x11111111, d = 0x22222222, b = 0x33333333, flags;
	uint32_t di = 0x44444444, si = 0x55555555, a = SYS_getenvid;

	__asm__ volatile("std; stc; call fast_call; pushfl; cld; popl %6"
		: "+a" (a), "+c" (c), "+d" (d), "+b" (b), "+D" (di), "+S" (si),
		  "=m" (flags) : : "memory", "cc");
	expect("eax", a, sys_getenvid());
	expect("ecx", c, 0x11111111);
	expect("edx", d, 0x22222222);
	expect("ebx", b, 0x33333333);
	expect("edi", di, 0x44444444);
	expect("esi", si, 0x55555555);
	expect("DF", flags & (FL_DF | FL_CF), FL_DF | FL_CF);
	expect("IF", flags & FL_IF, FL_IF);
}

// Make a call by SYSENTER.  How did it come in, and how did it go out?  SYSEXIT
// takes the way back from ecx and edx; iret leaves in them what was there.
static enum SyscallPath
path_taken(uint32_t number, uint32_t a1, uint32_t a2, int32_t *result)
{
	uint32_t edx = a1, ecx = a2;
	const int n = INTERRUPTS(__asm__ volatile(
		"pushl %%ebp\n\t"
		"pushl $1\n\t"			// the fifth argument
		"movl %%esp, %%ebp\n\t"
		"movl $1f, %%esi\n\t"
		"sysenter\n\t"
		"int %4\n"
		"1:\taddl $4, %%esp\n\t"
		"popl %%ebp"
		: "=a" (*result), "+d" (edx), "+c" (ecx)
		: "0" (number), "i" (T_SYSCALL), "b" (1), "D" (1)
		: "esi", "cc", "memory"));
	const bool kept = edx == a1 && ecx == a2;

	if (n == 1 && kept)
		return PATH_INT;
	return n == 0 ? kept ? PATH_FULL : PATH_FAST : PATH_MISSING;
}

// Each call fails for its arguments, or has nothing to do.  What is printed and
// typed, and other CPUs, give the kernel deferred work, with which any call
// goes by the interrupt: not twice in a row, or hardly so.
static void
test_path(uint32_t number, enum SyscallPath path)
{
	const uint32_t a1 = number == SYS_cputs ? (uintptr_t) text
		: number != SYS_cons_foreground;
	const uint32_t a2 = number == SYS_env_set_trapframe
		|| number == SYS_page_map_list ? (uintptr_t) &thisenv->env_tf : 0;
	enum SyscallPath taken = PATH_MISSING;
	int32_t r;

	if (number == SYS_cons_wait) {
		cprintf("type something\n");
		sys_cons_wait();	// so that the call has not to
	}
	for (int i = 0; i < TRIES && taken != path; i++) {
		taken = path_taken(number, a1, a2, &r);
		if (number == SYS_exofork)
			destroy_and_wait(r);
	}
	if (taken != path)
		panic("call %d goes by path %d, not %d", number, taken, path);
}

// All calls that have a row.  ext/sysenter/test looks whether all calls have.
static void
test_paths(void)
{
	static const uint8_t paths[] = { SYSCALL_PATHS };

	if (!fast)
		return;
	for (uint32_t number = 0; number < ARRAY_SIZE(paths); number++)
		if (paths[number] != PATH_MISSING)
			test_path(number, paths[number]);
}

// What the library makes of a call
static void
test_stub(void)
{
	int n;

	for (int i = 0; i < TRIES; i++)
		if ((n = INTERRUPTS(fast_syscall(SYS_getenvid, 0, 0, 0, 0, 0)))
		    == !fast)
			break;
	expect("getenvid", n, !fast);
	memset(text, '.', sizeof(text));
	text[sizeof(text) - 1] = '\n';
	for (int i = 0; i < TRIES; i++)
		if ((n = INTERRUPTS(fast_syscall(SYS_cputs, (uintptr_t) text,
			sizeof(text), 0, 0, 0))) == 3 - fast)
			break;
	expect("slices", n, 3 - fast);
}

// Calls that sleep, and are woken by a message
static void
test_sleep(void)
{
	const envid_t me = sys_getenvid(), child = fork_or_panic();

	if (child == 0) {
		for (int i = 0; i < 10; i++)
			ipc_send_queued(me, i, NULL, 0);
		exit();
	}
	for (int i = 0; i < 10; i++) {
		expect("recv", fast_syscall(SYS_ipc_recv, UTOP, 0, 0, 0, 0), 0);
		expect("message", thisenv->env_ipc_value, i);
	}
	wait(child);
}

// Ticks still come: between fast calls, and after one.
static void
test_preemption(void)
{
	envid_t child[2];

	for (int i = 0; i < 2; i++) {
		if ((child[i] = fork_or_panic()) == 0) {
			do
				fast_syscall(SYS_getenvid, 0, 0, 0, 0, 0);
			while (i == 0);
			for (;;)
				;
		}
		for (int turn = 0; turn < 10; turn++)
			sys_yield();
	}
	for (int i = 0; i < 2; i++)
		destroy_and_wait(child[i]);
}

// Children on all CPUs, whose calls change page tables
static void
test_all_cpus(void)
{
	envid_t child[6];

	for (int i = 0; i < 6; i++)
		if ((child[i] = fork_or_panic()) == 0) {
			for (int n = 0; n < CALLS; n++) {
				expect("alloc", fast_syscall(SYS_page_alloc, 0,
					(uintptr_t) VA, RW, 0, 0), 0);
				*(volatile int *) VA = i;
				expect("map", fast_syscall(SYS_page_map, 0,
					(uintptr_t) VA, 0, (uintptr_t) VA +
					PGSIZE, RW), 0);
				expect("same", *(volatile int *) (VA + PGSIZE),
					i);
			}
			exit();
		}
	for (int i = 0; i < 6; i++)
		wait(child[i]);
}

// A child that begins in the midst of a fast call, after a fork of several slices;
// and calls in a call
static void
test_extensions(void)
{
	struct BatchedCall list[] = {
		{ SYS_page_unmap, { 0, (uintptr_t) VA }, 1 },
		{ SYS_getenvid, { 0 }, 1 },
	};

	expect("batch", fast_syscall(SYS_batch, (uintptr_t) list, 2, 0, 0, 0), 2);
	expect("unmap", list[0].result, 0);
	expect("getenvid", list[1].result, sys_getenvid());

	for (int i = 0; i < CALLS; i++)
		must("sys_page_alloc", sys_page_alloc(0, VA + i * PGSIZE, RW));
	set_pgfault_handler(copy_on_write);
	*(volatile int *) VA = 17;

	const envid_t child = fast_syscall(SYS_fork, 0, 0, 0, 0, 0);

	must("sys_fork", child);
	expect("memory", *(volatile int *) VA, 17);
	*(volatile int *) VA = child;
	if (child == 0)
		exit();
	wait(child);
	expect("own memory", *(volatile int *) VA, child);
}

static void
show_counts(void)
{
	uint32_t start = read_tsc(), by_int, by_sysenter;

	for (int i = 0; i < CALLS; i++)
		ext_call(SYS_getenvid, 0, 0, 0, 0, 0);
	by_int = (uint32_t) read_tsc() - start;
	start = read_tsc();
	for (int i = 0; i < CALLS; i++)
		fast_syscall(SYS_getenvid, 0, 0, 0, 0, 0);
	by_sysenter = (uint32_t) read_tsc() - start;
	cprintf("| null call | %d | %d |\n", by_int / CALLS,
		by_sysenter / CALLS);
}

void
umain(int argc, char **argv)
{
	fast = argc > 1 && strcmp(argv[1], "1") == 0;
	fast_syscall(SYS_getenvid, 0, 0, 0, 0, 0);	// which asks
	if (argc > 1 && strcmp(argv[1], "2") == 0) {
		test_extensions();
		cprintf("testsysenter ok\n");
		return;
	}
	test_results();
	test_registers();
	wait_for_server();	// everybody's interrupts are counted
	test_paths();
	test_stub();
	test_sleep();
	test_preemption();
	test_all_cpus();
	show_counts();
	cprintf("testsysenter ok\n");
}
