// ext/locks/user/locksteps.c - takes locks, in a kernel with plain.patch, in
// whatever order.
//
// Arguments are steps (ext/locks/locks.h), the first letter of an action and the
// number of a lock: "t5 t3" takes lock 5, and then lock 3.  A wrong order makes
// the kernel panic.  With a number alone, of locks, takes any two of them in the
// right order, while this CPU has the kernel alone and while it shares it.

#include <ext/locks/locks.h>
#include <tests/user/test.h>

static uint32_t
step(const char *word)
{
	static const char actions[] = "tgsm";
	const char *found = strchr(actions, word[0]);

	if (!found)
		panic("no step: %s", word);
	return LOCK_TAKE * (found - actions + 1) + strtol(word + 1, NULL, 10);
}

static void
do_steps(uint32_t first, uint32_t second, uint32_t third, uint32_t fourth)
{
	must("DEBUG_LOCKS", sys_debug(DEBUG_LOCKS, first | second << 8
		| third << 16 | fourth << 24));
}

static void
try_right_orders(int nlocks)
{
	int pairs = 0;

	for (int j = 2; j < nlocks; j++)
		for (int i = 1; i < j; i++, pairs++) {
			do_steps(LOCK_TAKE + i, LOCK_TAKE + j, LOCK_GIVE + j,
				LOCK_GIVE + i);
			do_steps(LOCK_GIVE, LOCK_SHARE, LOCK_TAKE + i,
				LOCK_TAKE + j);
		}
	cprintf("%d right orders\n", pairs);
}

void
umain(int argc, char **argv)
{
	uint32_t steps[4] = { 0 };

	if (argc == 2 && argv[1][0] <= '9')
		try_right_orders(strtol(argv[1], NULL, 10));
	else {
		for (int i = 1; i < argc && i <= (int) ARRAY_SIZE(steps); i++)
			steps[i - 1] = step(argv[i]);
		do_steps(steps[0], steps[1], steps[2], steps[3]);
	}
	cprintf("locksteps ok\n");
}
