// ext/exec/user/execcost.c - what it takes until a program runs that was
// spawned, and one that was started by exec: system calls, of all environments,
// and instructions, which are right under QEMU's -icount shift=0 only.  Prints
// rows of README.md.
//
//	execcost		counts
//	execcost stop		the program that is started

#include <inc/x86.h>

#include <ext/exec/exec.h>
#include <ext/ext.h>
#include <ext/test.h>

#define ROUNDS		8

static volatile struct Clock {
	uint32_t calls, start;		// when the start began
	uint32_t took_calls, took;	// the fewest
} *const clock = (volatile struct Clock *) 0x30000000;

static int
calls(void)
{
	return ext_call(SYS_entries, T_SYSCALL, 0, 0, 0, 0);
}

static void
begin(void)
{
	clock->calls = calls();
	clock->start = read_tsc();
}

static void
stop(void)
{
	const uint32_t took = (uint32_t) read_tsc() - clock->start;
	const uint32_t took_calls = calls() - clock->calls - 1;

	if (took >= clock->took)
		return;
	clock->took = took;
	clock->took_calls = took_calls;
}

static envid_t
start_by_spawn(void)
{
	begin();
	return spawnl("/execcost", "execcost", "stop", NULL);
}

static envid_t
start_by_exec(void)
{
	const envid_t child = fork_or_panic();

	if (child == 0) {
		begin();
		panic("exec: %e", execl("/execcost", "execcost", "stop", NULL));
	}
	return child;
}

static void
show(const char *what, envid_t (*start)(void))
{
	clock->took = ~0u;
	for (int i = 0; i < ROUNDS; i++) {
		const envid_t child = start();

		must(what, child);
		wait(child);
	}
	cprintf("| %s | %d | %d |\n", what, clock->took_calls, clock->took);
}

void
umain(int argc, char **argv)
{
	USED(argv);
	if (argc == 2) {
		stop();
		return;
	}
	must("sys_page_alloc", sys_page_alloc(0, (void *) clock,
		PTE_P | PTE_U | PTE_W | PTE_SHARE));
	show("spawn, until the program runs", start_by_spawn);
	show("exec, until the program runs", start_by_exec);
	cprintf("execcost ok\n");
}
