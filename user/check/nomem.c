// user/check/nomem.c - calls that get no memory: they return -E_NO_MEM, and
// leave everything as it was.  For a machine with little memory.

#include <user/check/panic.h>
#include <user/check/thread.h>

#define EX7	"lab 4, exercise 7; kern/syscall.c"
#define EX11	"lab 4, exercise 11; lib/pgfault.c"
#define EX12	"lab 4, exercise 12; lib/fork.c"
#define EX15	"lab 4, exercise 15; kern/syscall.c"

#define POOL	((char *) 0x10000000)	// all memory there is
#define LAST_PAGE	((char *) USTACKTOP - 64 * PGSIZE)
#define FAR2	((char *) 0xC0000000)
#define FAR3	((char *) 0xD0000000)

static int taken;

static void
take_all(void)
{
	int r;

	while ((r = sys_page_alloc(0, POOL + taken * PGSIZE, RW)) == 0)
		taken++;
	// The pool may need a page table next: then a page is left, which goes
	// where there is a table.
	if (!page_is_mapped(LAST_PAGE))
		sys_page_alloc(0, LAST_PAGE, RW);
	look_at("sys_page_alloc", EX7);
	expect_result("without memory", r, -E_NO_MEM);
}

// Free the last n pages taken.
static void
give_back(int n)
{
	while (n-- > 0 && taken > 0)
		sys_page_unmap(0, POOL + --taken * PGSIZE);
}

static void
receive_far(void)
{
	for (;;)
		call(SYS_ipc_recv, (uint32_t) FAR, 0, 0, 0, 0);
}

// One page is left, and a page table is needed, too.
static void
alloc_without_table(void)
{
	const int lost = lost_pages();

	look_at("sys_page_alloc", EX7);
	for (int i = 0; i < 6; i++) {
		give_back(1);

		const int r = call(SYS_page_alloc, 0, (uint32_t) FAR2, RW, 0,
			0);

		expect_result("without memory for a page table", r,
			-E_NO_MEM);
		expect(!page_is_mapped(FAR2), "without memory for a page "
			"table, a page is mapped");
		take_all();
	}
	look_at("sys_page_alloc", EX7);
	expect(lost_pages() <= lost + 2, "without memory for a page table, "
		"the page is not freed: %d pages are lost", lost_pages()
		- lost);
}

// A page that is mapped stays there, if there is none for its place.
static void
alloc_in_place(void)
{
	const pte_t was = entry_of(PAGE);

	look_at("sys_page_alloc", EX7);
	expect_result("without memory, where a page is mapped",
		call(SYS_page_alloc, 0, (uint32_t) PAGE, RW, 0, 0),
		-E_NO_MEM);
	expect(entry_of(PAGE) == was, "without memory, the page that is "
		"mapped at the address is gone");
}

static void
map_without_table(void)
{
	const int refs = refs_of(PAGE);

	look_at("sys_page_map", EX7);
	expect_result("without memory for a page table", call(SYS_page_map, 0,
		(uint32_t) PAGE, 0, (uint32_t) FAR3, RO), -E_NO_MEM);
	expect(refs_of(PAGE) == refs, "without memory for a page table, "
		"pp_ref of the page goes from %d to %d", refs, refs_of(PAGE));
	expect_result("without memory, which it does not need",
		call(SYS_page_map, 0, (uint32_t) PAGE, 0, (uint32_t) NOPAGE,
		RO), 0);
	sys_page_unmap(0, NOPAGE);
}

static void
exofork_without_memory(void)
{
	int used = 0;

	look_at("sys_exofork", EX7);
	for (int i = 0; i < NENV; i++)
		used += envs[i].env_status != ENV_FREE;
	expect_result("without memory", call(SYS_exofork, 0, 0, 0, 0, 0),
		-E_NO_MEM);
	for (int i = 0; i < NENV; i++)
		used -= envs[i].env_status != ENV_FREE;
	expect(used == 0, "without memory, a slot of envs[] is taken");
}

static void
send_without_table(envid_t to)
{
	const volatile struct Env *e = env_of(to);
	const int refs = refs_of(PAGE);

	look_at("sys_ipc_try_send", EX15);
	expect_result("a page, without memory for a page table of the "
		"receiver", call(SYS_ipc_try_send, to, 1, (uint32_t) PAGE, RO,
		0), -E_NO_MEM);
	expect(e->env_ipc_recving && e->env_status == ENV_NOT_RUNNABLE,
		"after -E_NO_MEM, the receiver no longer waits");
	expect(refs_of(PAGE) == refs, "after -E_NO_MEM, pp_ref of the page is "
		"%d, expected %d", refs_of(PAGE), refs);
}

// ----------------------------------------------------------------- the library

// Nothing of a child may stay when fork fails, at whatever page.
static void
fork_without_memory(void)
{
	take_all();
	look_at("fork", EX12);
	for (int room = 1; room <= 60; room += 1 + room / 4) {
		int used = 0;

		give_back(room);
		for (int i = 0; i < NENV; i++)
			used += envs[i].env_status != ENV_FREE;

		const envid_t child = fork_or_panic();

		if (child == 0)
			thread_end();
		if (child == PANICKED)
			break;
		if (child > 0) {
			until_gone(child);
			panic_as_usual();
			expect(env_of(child)->env_runs > 0, "with little "
				"memory: returns %08x, but there is no such "
				"child", child);
			break;
		}
		expect_result("with little memory", child, -E_NO_MEM);
		for (int i = 0; i < NENV; i++)
			used -= envs[i].env_status != ENV_FREE;
		expect(used == 0, "when it fails, the child stays");
		for (int r = 0; r == 0; taken += r == 0)
			r = sys_page_alloc(0, POOL + taken * PGSIZE, RW);
	}
}

// A child that gets no memory for its copy of a page
static void
copy_without_memory(void)
{
	give_back(taken);
	look_at("pgfault", EX12);

	const envid_t child = fork();

	if (child == 0) {
		call(SYS_ipc_recv, UTOP, 0, 0, 0, 0);
		*(volatile char *) LOOK = 1;
		call(SYS_ipc_recv, UTOP, 0, 0, 0, 0);	// wrong
		thread_end();
	}
	until_receiving(child);

	// This program itself needs no copy after this
	for (uintptr_t va = next_mapped(0, UTOP); va < UTOP;
	     va = next_mapped(va + PGSIZE, UTOP))
		if ((uvpt[PGNUM(va)] & PTE_COW) && va != (uintptr_t) LOOK)
			*(volatile char *) va = *(volatile char *) va;
	take_all();
	look_at("pgfault", EX12);
	call(SYS_ipc_try_send, child, 0, UTOP, 0, 0);
	until(is_gone(child) || env_of(child)->env_ipc_recving);
	expect(is_gone(child), "without memory for a copy, the program goes "
		"on, or faults for ever");
	sys_env_destroy(child);
	until_gone(child);
}

static volatile bool went_on;

static void
set_handler(void)
{
	set_pgfault_handler((void (*)(struct UTrapframe *)) thread_end);
	went_on = true;
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	sys_page_alloc(0, PAGE, RW);
	sys_page_alloc(0, LOOK, RW);

	const envid_t receiver = thread_start(receive_far);
	const envid_t handler = thread_make(set_handler);

	until_receiving(receiver);
	take_all();
	alloc_in_place();
	map_without_table();
	exofork_without_memory();
	send_without_table(receiver);

	look_at("set_pgfault_handler", EX11);
	sys_env_set_status(handler, ENV_RUNNABLE);
	until_gone(handler);
	expect(panics == 1 && !went_on,
		"without memory for the exception stack, it goes on");

	take_all();			// what the thread had
	alloc_without_table();
	sys_env_destroy(receiver);
	give_back(100);
	set_pgfault_handler(NULL);
	fork_without_memory();
	copy_without_memory();
	look_no_more();
}
