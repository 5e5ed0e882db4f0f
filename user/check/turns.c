// user/check/turns.c - who runs when: sys_yield, sched_yield and the timer, on
// one CPU.

#include <user/check/thread.h>

#define EX6	"lab 4, exercise 6; kern/sched.c"
#define EX6Y	"lab 4, exercise 6; kern/syscall.c"
#define EX14	"lab 4, exercise 14; kern/trap.c"

#define THREADS	4
#define ROUNDS	3
#define TRIES	8

// --------------------------------------------------------------------- alone

static void
alone(void)
{
	for (int i = 0; i < 20; i++) {
		const int r = call(SYS_yield, 0, 0, 0, 0, 0);

		if (r != 0) {
			look_at("sys_yield", EX6Y);
			expect_result("of one that runs alone", r, 0);
			return;
		}
	}
}

// --------------------------------------------------------------------- order

static volatile envid_t ran[THREADS * ROUNDS];
static volatile int nran;

static void
note_turns(void)
{
	const envid_t me = sys_getenvid();

	for (int i = 0; i < ROUNDS; i++) {
		if (nran < THREADS * ROUNDS)
			ran[nran++] = me;
		sys_yield();
	}
}

enum Order { FORWARD, BACKWARD, OTHER, UNEQUAL };

// The order in which the threads had their turns: they were made in the order
// of their slots, and are woken in another.
static enum Order
order_of_turns(void)
{
	static const int wake[THREADS] = { 2, 0, 3, 1 };
	static int turns[NENV];		// too large for the stack
	envid_t id[THREADS];
	bool forward = true, backward = true;

	nran = 0;
	memset(turns, 0, sizeof(turns));
	for (int i = 0; i < THREADS; i++)
		id[i] = thread_make(note_turns);
	for (int i = 0; i < THREADS; i++)
		sys_env_set_status(id[wake[i]], ENV_RUNNABLE);
	for (int i = 0; i < THREADS; i++)
		until_gone(id[i]);
	for (int i = 0; i < nran; i++) {
		turns[ENVX(ran[i])]++;
		if (i == 0)
			continue;

		const bool up = ENVX(ran[i]) > ENVX(ran[i - 1]);

		forward = forward && (i % THREADS == 0 ? !up : up);
		backward = backward && (i % THREADS == 0 ? up : !up);
	}
	if (nran != THREADS * ROUNDS)
		return OTHER;
	for (int i = 0; i < THREADS; i++)
		if (turns[ENVX(id[i])] != ROUNDS)
			return UNEQUAL;
	return forward ? FORWARD : backward ? BACKWARD : OTHER;
}

// A tick may fall into one of the tries, but not into most of them.
static void
order(void)
{
	int n[4] = { 0 };

	for (int i = 0; i < TRIES; i++)
		n[order_of_turns()]++;
	expect(n[UNEQUAL] <= TRIES / 4,
		"some environments have more turns than others");
	expect(n[FORWARD] > TRIES / 2, "environments do not run in the order "
		"of envs[], in a circle%s", n[BACKWARD] > TRIES / 2
		? ", but backwards" : "");
}

// After one sys_yield of this program, all others have had a turn.
static volatile int nturns;

static void
take_turns(void)
{
	for (;;) {
		nturns++;
		sys_yield();
	}
}

static void
yields_to_all(void)
{
	envid_t id[THREADS];
	int few = 0;

	for (int i = 0; i < THREADS; i++)
		id[i] = thread_make(take_turns);
	for (int i = 0; i < THREADS; i++)
		sys_env_set_status(id[i], ENV_RUNNABLE);
	sys_yield();
	for (int i = 0; i < TRIES; i++) {
		nturns = 0;

		const int r = call(SYS_yield, 0, 0, 0, 0, 0);

		expect_result("of one with others", r, 0);
		few += nturns < THREADS;
	}
	expect(few <= TRIES / 4, "of %d others, only some have a turn at "
		"each sys_yield", THREADS);
	for (int i = 0; i < THREADS; i++)
		sys_env_destroy(id[i]);
}

// -------------------------------------------------------------- the last slot

static volatile int nlast;

static void
run_last(void)
{
	nlast++;
}

static void
last_slot(void)
{
	static envid_t all[NENV];
	int n = 0, free = 0;

	for (int i = 0; i < NENV; i++)
		free += envs[i].env_status == ENV_FREE;
	while (free-- > 1)
		all[n++] = sys_exofork();

	const envid_t last = thread_start(run_last);

	expect(last > 0 && until(nlast > 0), "the environment in slot %d "
		"never runs", ENVX(last));
	sys_env_destroy(last);
	while (n > 0)
		sys_env_destroy(all[--n]);
}

// ----------------------------------------------------------------- the timer

static volatile uint32_t count[2];

static void
spin_first(void)
{
	for (;;)
		count[0]++;
}

static void
spin_second(void)
{
	for (;;)
		count[1]++;
}

// Threads that make no system call, and so lose the CPU only by a tick
static void
ticks(void)
{
	const envid_t a = thread_start(spin_first);
	const envid_t b = thread_start(spin_second);
	bool first = true, second = true;

	for (int i = 0; i < 4; i++) {
		const uint32_t was[2] = { count[0], count[1] };

		sys_yield();
		first = first && count[0] != was[0];
		second = second && count[1] != was[1];
	}
	expect(first && second, "of two programs that make no call, one does "
		"not get its turns");
	expect(!is_gone(a) && !is_gone(b), "a tick ends a program");

	// And this program loses the CPU, too
	const uint32_t was = count[0], runs = thisenv->env_runs;
	bool lost = false;

	for (int i = 0; i < 200000000 && !lost; i++)
		lost = count[0] != was;
	expect(lost && thisenv->env_runs != runs,
		"a program that makes no call keeps the CPU");
	sys_env_destroy(a);
	sys_env_destroy(b);
}

// Registers, while ticks come and go
static volatile int mixed;

static void
keep_registers(void)
{
	for (;;) {
		uint32_t a = 0x11111111, b = 0x22222222, c = 0x33333333,
			d = 0x44444444, e = 0x55555555;

		for (int i = 0; i < 1000; i++)
			__asm__ volatile("" : "+a" (a), "+b" (b), "+c" (c),
				"+d" (d), "+S" (e));
		if (a != 0x11111111 || b != 0x22222222 || c != 0x33333333
		    || d != 0x44444444 || e != 0x55555555)
			mixed++;
	}
}

static void
registers(void)
{
	const envid_t a = thread_start(keep_registers);
	const envid_t b = thread_start(keep_registers);

	for (int i = 0; i < 6; i++)
		sys_yield();
	expect(!mixed, "a tick changes the registers of a program");
	sys_env_destroy(a);
	sys_env_destroy(b);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	look_at("sched_yield", EX6);
	alone();
	look_at("sched_yield", EX6);
	order();
	yields_to_all();
	last_slot();
	look_at("trap_dispatch", EX14);
	ticks();
	registers();
	look_no_more();
}
