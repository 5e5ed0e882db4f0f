// tests/user/testrunning.c - calls on an environment that another CPU is
// running: it is destroyed, stopped, loses a page, or gets other registers.
//
// usage: testrunning [rounds]
//
// When such a call returns, it has taken effect: the target executes no more
// instructions in its old state.  With one CPU, the target never runs
// meanwhile.

#include <inc/lib.h>
#include <inc/x86.h>

#include <tests/user/test.h>

#define RW		(PTE_P | PTE_U | PTE_W)
#define MAXLOOKS	200000		// until a target has gone on

#define PAGE		((char *) 0x0A000000)	// shared with the targets
#define PLACE		((char *) 0x0A001000)	// where a target maps pages
#define OWN_PAGES	8
#define NEW_PAGES	64			// a target's pages among them

// Progress of a target, in a page that fork shares
#define shared		((volatile struct Shared *) 0x0B000000)
struct Shared {
	uint32_t turns;			// loops of the target
	uint32_t wrong;			// mistakes that the target saw
	uint32_t now;			// the number in its registers
};

static uint32_t rounds = 400;

static envid_t
start(void (*target)(void))
{
	shared->turns = shared->wrong = shared->now = 0;

	envid_t child = fork();

	if (child < 0)
		panic("fork: %e", child);
	if (child == 0) {
		target();
		panic("a target returned");
	}
	return child;
}

static void
end(envid_t child)
{
	must("sys_env_destroy", sys_env_destroy(child));
	wait(child);
	if (shared->wrong)
		panic("%u times something was wrong", shared->wrong);
}

// Wait until the target has counted another turn.
static void
until_alive(envid_t child, const char *when)
{
	uint32_t turns = shared->turns;

	for (int look = 0; shared->turns == turns; look++) {
		if (look == MAXLOOKS || envs[ENVX(child)].env_id != child)
			panic("the target is dead %s", when);
		sys_yield();
	}
}

static void
some_time(void)
{
	for (volatile int i = 0; i < 300; i++)
		;
	sys_yield();
}

// Count a target's turn.  pause lets QEMU go on with another CPU.
static void
count_turn(void)
{
	if (++shared->turns % 16 == 0)
		pause();
}

// ---------------------------------------------------------------- destroyed

static void
call_and_count(void)
{
	for (;;) {
		sys_getenvid();
		count_turn();
	}
}

static void
test_destroy(void)
{
	struct Trapframe tf = { .tf_eip = UTEXT };

	for (uint32_t n = 0; n < rounds; n++) {
		envid_t child = start(call_and_count);

		if (n % 2)
			until_alive(child, "at first");
		must("sys_env_destroy", sys_env_destroy(child));
		if (sys_env_destroy(child) != -E_BAD_ENV
		    || sys_env_set_status(child, ENV_RUNNABLE) != -E_BAD_ENV
		    || sys_env_set_trapframe(child, &tf) != -E_BAD_ENV
		    || sys_page_alloc(child, PLACE, RW) != -E_BAD_ENV
		    || sys_ipc_try_send(child, 0, (void *) UTOP, 0)
				!= -E_BAD_ENV)
			panic("one that was destroyed is still there");
		wait(child);
	}
}

// A target that writes to memory of its own, and counts its turns.
static void
scribble(void)
{
	for (char *page = PLACE; page < PLACE + OWN_PAGES * PGSIZE;
	     page += PGSIZE)
		must("sys_page_alloc", sys_page_alloc(0, page, RW));
	for (;;) {
		for (int i = 0; i < OWN_PAGES * PGSIZE; i += 64)
			PLACE[i] = ~PLACE[i];
		count_turn();
	}
}

// The kernel gives a destroyed target's memory away only when the target has
// stopped writing to it.
static void
test_memory(void)
{
	for (uint32_t n = 0; n < rounds / 4; n++) {
		envid_t child = start(scribble);

		until_alive(child, "at first");
		must("sys_env_destroy", sys_env_destroy(child));
		for (char *page = PLACE; page < PLACE + NEW_PAGES * PGSIZE;
		     page += PGSIZE)
			must("sys_page_alloc", sys_page_alloc(0, page, RW));
		some_time();
		for (int i = 0; i < NEW_PAGES * PGSIZE; i += 64)
			if (PLACE[i])
				panic("somebody writes to new memory");
		wait(child);
		for (char *page = PLACE; page < PLACE + NEW_PAGES * PGSIZE;
		     page += PGSIZE)
			sys_page_unmap(0, page);
	}
}

// --------------------------------------------------------- stopped, started

// A page-fault handler that allocates a page at PLACE
static void
alloc_place(struct UTrapframe *utf)
{
	if (ROUNDDOWN(utf->utf_fault_va, PGSIZE) != (uintptr_t) PLACE
	    || sys_page_alloc(0, PLACE, RW) < 0)
		panic("fault at %08x, ip %08x", utf->utf_fault_va,
			utf->utf_eip);
}

// A target that makes system calls and page faults, each of which must happen
// exactly once.
static void
call_and_fault(void)
{
	volatile uint32_t *word = (uint32_t *) PLACE;

	set_pgfault_handler(alloc_place);
	for (;;) {
		if (sys_page_map(0, PAGE, 0, PLACE, RW) != 0 || *word != 17)
			shared->wrong++;
		if (sys_page_unmap(0, PLACE) != 0)
			shared->wrong++;
		*word += 5;
		if (*word != 5 || sys_page_unmap(0, PLACE) != 0)
			shared->wrong++;
		count_turn();
	}
}

static void
test_stop(void)
{
	*(uint32_t *) PAGE = 17;
	envid_t child = start(call_and_fault);

	until_alive(child, "at first");
	for (uint32_t n = 0; n < rounds * 10; n++) {
		must("stop", sys_env_set_status(child, ENV_NOT_RUNNABLE));
		uint32_t turns = shared->turns, refs = pageref(PAGE);

		some_time();
		if (shared->turns != turns || (uint32_t) pageref(PAGE) != refs)
			panic("the target goes on, although stopped");
		must("start", sys_env_set_status(child, ENV_RUNNABLE));
		if (n % 8 == 0)
			until_alive(child, "when started again");
	}
	end(child);
}

// ---------------------------------------------------------------- loses a page

#define BEFORE	1
#define AFTER	2

static void
come_again(struct UTrapframe *utf)
{
	if (utf->utf_fault_va != (uintptr_t) PLACE)
		panic("fault at %08x", utf->utf_fault_va);
	sys_yield();
}

static void
read_all_the_time(void)
{
	set_pgfault_handler(come_again);
	for (;;) {
		if (*(volatile uint32_t *) PLACE != BEFORE)
			shared->wrong++;
		count_turn();
	}
}

static void
test_unmap(void)
{
	volatile uint32_t *word = (uint32_t *) PAGE;
	envid_t child = start(read_all_the_time);

	for (uint32_t n = 0; n < rounds * 10; n++) {
		*word = BEFORE;
		must("map", sys_page_map(0, PAGE, child, PLACE,
			PTE_P | PTE_U));
		if (n % 8 == 0)
			until_alive(child, "with its page");
		must("unmap", sys_page_unmap(child, PLACE));
		*word = AFTER;
		some_time();
	}
	end(child);
}

// ----------------------------------------------------------- other registers

// A target whose registers all hold one number: it writes that to shared->now,
// makes a system call, and checks them, again and again.  Trap frames start it.
void check_registers(void);
__asm__(
	"	.text\n"
	"	.globl check_registers\n"
	"check_registers:\n"
	"1:	cmpl %eax, %ebx\n"
	"	jne 2f\n"
	"	cmpl %eax, %ecx\n"
	"	jne 2f\n"
	"	cmpl %eax, %edx\n"
	"	jne 2f\n"
	"	cmpl %eax, %esi\n"
	"	jne 2f\n"
	"	cmpl %eax, %edi\n"
	"	jne 2f\n"
	"	cmpl %eax, %ebp\n"
	"	jne 2f\n"
	"	cmpl %eax, %esp\n"
	"	jne 2f\n"
	"	movl %eax, 0x0B000008\n"	// shared->now
	"	incl 0x0B000000\n"		// shared->turns
	"	movl $2, %eax\n"		// SYS_getenvid
	"	int $0x30\n"
	"	movl %ebx, %eax\n"
	"	testb $15, 0x0B000000\n"
	"	jnz 1b\n"
	"	pause\n"			// as in count_turn
	"	jmp 1b\n"
	"2:	incl 0x0B000004\n"		// shared->wrong
	"	jmp 1b\n");

_Static_assert(SYS_getenvid == 2 && T_SYSCALL == 0x30
	&& offsetof(struct Shared, now) == 8, "used in check_registers");

static struct Trapframe
frame_full_of(uint32_t n)
{
	return (struct Trapframe) {
		.tf_regs = { n, n, n, n, n, n, n, n },
		.tf_esp = n,
		.tf_eip = (uintptr_t) check_registers,
	};
}

static void
test_trapframe(void)
{
	envid_t child = start(call_and_count);

	until_alive(child, "at first");
	for (uint32_t n = 1; n <= rounds * 10; n++) {
		struct Trapframe tf = frame_full_of(n);

		must("frame", sys_env_set_trapframe(child, &tf));
		shared->now = 0;
		some_time();
		if (shared->now != 0 && shared->now != n)
			panic("the target has the registers of round %u in %u",
				shared->now, n);
		for (int look = 0; n % 8 == 0 && shared->now != n; look++) {
			if (look == MAXLOOKS)
				panic("the target does not get its registers");
			sys_yield();
		}
	}
	end(child);
}

// A target is stopped and gets other registers, with which it goes on.
static void
test_trapframe_of_stopped(void)
{
	envid_t child = start(call_and_count);

	until_alive(child, "at first");
	for (uint32_t n = 1; n <= rounds; n++) {
		struct Trapframe tf = frame_full_of(n);

		must("stop", sys_env_set_status(child, ENV_NOT_RUNNABLE));
		must("frame", sys_env_set_trapframe(child, &tf));
		if (n % 2)
			sys_yield();
		must("start", sys_env_set_status(child, ENV_RUNNABLE));
		for (int look = 0; shared->now != n; look++) {
			if (look == MAXLOOKS)
				panic("the target does not get its registers");
			sys_yield();
		}
	}
	end(child);
}

void
umain(int argc, char **argv)
{
	if (argc > 1)
		rounds = strtol(argv[1], NULL, 0);
	must("sys_page_alloc", sys_page_alloc(0, PAGE, RW | PTE_SHARE));
	must("sys_page_alloc", sys_page_alloc(0, (void *) shared,
		RW | PTE_SHARE));

	test_destroy();
	cprintf("destroy done\n");
	test_memory();
	cprintf("memory done\n");
	test_stop();
	cprintf("stop done\n");
	test_unmap();
	cprintf("unmap done\n");
	test_trapframe();
	cprintf("frames done\n");
	test_trapframe_of_stopped();
	cprintf("frames of stopped done\n");
	cprintf("testrunning ok\n");
}
