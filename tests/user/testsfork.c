// tests/user/testsfork.c - sfork shares memory, but not the stack and thisenv.

#include <inc/lib.h>

static volatile int before[3 * PGSIZE / 4];	// copied before sfork
static volatile int counter;
static volatile int fresh;

static void
check(bool ok, const char *what)
{
	if (!ok)
		panic("%s", what);
}

void
umain(int argc, char **argv)
{
	volatile int local = 1;
	envid_t other, child, me = sys_getenvid();

	USED(argc), USED(argv);
	before[PGSIZE / 4] = 7;

	// Fork first, so that all pages are copy-on-write
	if ((other = fork()) == 0) {
		wait(me);
		exit();
	}

	child = sfork();
	check(child >= 0, "sfork");
	if (child == 0) {
		check(thisenv->env_id == sys_getenvid(),
			"thisenv in the child");
		check(thisenv->env_id != me, "the child is the parent");
		check(before[PGSIZE / 4] == 7, "old value");
		before[PGSIZE / 4] = 8;
		counter = 1;
		local = 2;
		while (fresh != 5)
			sys_yield();
		counter = 2;
		check(local == 2, "the child's stack");
		check(thisenv->env_id == sys_getenvid(), "thisenv still");
		exit();
	}
	while (counter != 1)
		sys_yield();
	check(before[PGSIZE / 4] == 8, "what the child wrote");
	check(local == 1, "the stack is shared");
	check(thisenv->env_id == me, "thisenv in the parent");
	fresh = 5;
	wait(child);
	check(counter == 2, "end of the child");
	check(spawnl("/hello", "hello", NULL) > 0 || true, "spawn");
	sys_env_destroy(other);
	cprintf("testsfork ok\n");
}
