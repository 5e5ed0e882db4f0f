// ext/checkpoint/user/recall.c - a child adds up numbers that are typed, and
// each time that its parent restores it, it has forgotten those since the
// checkpoint.

#include <ext/checkpoint/checkpoint.h>
#include <ext/test.h>

#define FIRST		2		// numbers before the checkpoint
#define ROUNDS		100		// restores, with a number after each

// Shared, so the child does not forget it
static volatile struct Table {
	int round;			// how many restores there were
	bool asked;			// for a number; the child takes it back
	int answers;
} *const table = (volatile struct Table *) 0x30000000;

static int numbers, sum;		// the child's own

static void
read_number(void)
{
	cprintf("[%d] I remember %d numbers, sum %d\n[%d] next: ", table->round,
		numbers, sum, table->round);

	const char *line = readline(NULL);

	if (!line)
		panic("no input");
	numbers++;
	sum += strtol(line, NULL, 10);
	cprintf("[%d] now %d numbers, sum %d\n", table->round, numbers, sum);
	table->answers++;
}

static void
add_up(void)
{
	for (;;) {
		while (!table->asked)
			sys_yield();
		table->asked = false;
		read_number();
	}
}

static void
ask(void)
{
	const int before = table->answers;

	table->asked = true;
	while (table->answers == before)
		sys_yield();
}

static void
go_on(envid_t child)
{
	must("sys_env_set_status", sys_env_set_status(child, ENV_RUNNABLE));
}

void
umain(int argc, char **argv)
{
	struct Stat st;
	int pages = 0;

	USED(argc), USED(argv);
	must("stat", stat("/recall", &st));	// the server has its pages
	close(0), close(1);
	if (opencons() != 0 || dup(0, 1) != 1)
		panic("no console");
	must("sys_page_alloc", sys_page_alloc(0, (void *) table,
		PTE_P | PTE_U | PTE_W | PTE_SHARE));

	const envid_t child = fork_or_panic();

	if (child == 0)
		add_up();
	for (int i = 0; i < FIRST; i++)
		ask();

	const envid_t saved = checkpoint(child);

	must("checkpoint", saved);
	go_on(child);
	ask();
	while (table->round < ROUNDS) {
		must("restore", restore(child, saved));
		if (++table->round == 1)
			pages = pages_in_use();
		expect("pages in use", pages_in_use(), pages);
		go_on(child);
		ask();
	}
	destroy_and_wait(child);
	destroy_and_wait(saved);
	cprintf("recall ok\n");
}
