// user/check/cpus.c - several CPUs: each takes part, with a clock of its own,
// and no environment runs on two of them.

#include <inc/x86.h>

#include <user/check/thread.h>

#define EX4	"lab 4, exercise 4; kern/trap.c"
#define EX5	"lab 4, exercise 5; kern/env.c"
#define EX6	"lab 4, exercise 6; kern/init.c"
#define EX6S	"lab 4, exercise 6; kern/sched.c"
#define EX14	"lab 4, exercise 14; kern/trap.c"

#define CPUS	4
#define THREADS	8

static envid_t id[THREADS];
static volatile uint32_t spins[NENV];

static void
start_all(void (*run)(void))
{
	for (int i = 0; i < THREADS; i++)
		id[i] = thread_make(run);
	for (int i = 0; i < THREADS; i++)
		sys_env_set_status(id[i], ENV_RUNNABLE);
}

static int
end_all(void)
{
	int gone = 0;

	for (int i = 0; i < THREADS; i++) {
		gone += is_gone(id[i]);
		sys_env_destroy(id[i]);
		until_gone(id[i]);
	}
	return gone;
}

// Let them come to their end: done counts.  No bound but that of the grader: on
// a busy computer a CPU may stand still for long.
static volatile int done;

static void
until_done(void)
{
	int gone;

	do {
		sys_yield();
		gone = 0;
		for (int i = 0; i < THREADS; i++)
			gone += is_gone(id[i]);
	} while (done < THREADS && gone < THREADS);
}

// -------------------------------------------------------------------- clocks

static void
spin(void)
{
	const int slot = ENVX(sys_getenvid());

	for (;;) {
		spins[slot]++;
		pause();
	}
}

// How many have not had that many turns?
static int
with_few_turns(uint32_t turns)
{
	int n = 0;

	for (int i = 0; i < THREADS; i++)
		n += env_of(id[i])->env_runs < turns;
	return n;
}

// On how many CPUs have threads run?
static int
cpus_seen(void)
{
	static bool seen[CPUS];
	int n = 0;

	for (int i = 0; i < THREADS; i++) {
		const int cpu = env_of(id[i])->env_cpunum;

		if (env_of(id[i])->env_runs > 0 && cpu >= 0 && cpu < CPUS)
			seen[cpu] = true;
	}
	for (int i = 0; i < CPUS; i++)
		n += seen[i];
	return n;
}

// With a program that spins on its CPU, a turn of this program lasts until the
// next tick.  So `until' waits for seconds, if it has to.
static void
every_clock(void)
{
	int n;

	look_at("mp_main", EX6);
	start_all(spin);
	until((n = cpus_seen()) == CPUS);
	expect(n == CPUS, "of %d CPUs, only %d run environments: does mp_main "
		"call sched_yield, and sched_halt let interrupts in?", CPUS,
		n);
	look_at("trap_dispatch", EX14);
	until(with_few_turns(3) == 0);
	expect(with_few_turns(3) == 0, "of %d programs that make no call, %d "
		"do not get their turns: the timer of some CPU does not call "
		"sched_yield", THREADS, with_few_turns(3));
	expect(end_all() == 0, "some programs have ended");
}

// ---------------------------------------------------- on one CPU at a time

static volatile int doubled;
static volatile uint32_t own[NENV];

// Nobody else writes to this thread's stack, nor to its entry of own[].
static void
work(void)
{
	const int slot = ENVX(sys_getenvid());
	volatile uint32_t counter = 0;

	own[slot] = 0;
	for (int round = 0; round < 60; round++) {
		for (int i = 0; i < 100; i++) {
			counter++;
			own[slot]++;
		}
		if (round % 4 == 0)
			sys_page_alloc(0, PAGE, RW);
		else if (round % 4 == 2)
			sys_page_unmap(0, PAGE);
		else
			sys_yield();
		if (sys_getenvid() != env_of(sys_getenvid())->env_id
		    || ENVX(sys_getenvid()) != slot)
			doubled++;
		if (counter != own[slot] || counter != 100u * (round + 1)) {
			doubled++;
			break;
		}
	}
	__sync_fetch_and_add(&done, 1);
}

static void
one_cpu_each(int rounds)
{
	look_at("sched_yield", EX6S);
	for (int round = 0; round < rounds; round++) {
		done = 0;
		start_all(work);
		until_done();
		expect(done == THREADS,
			"of %d programs, %d do not come to their end",
			THREADS, THREADS - done);
		expect(doubled == 0, "an environment has run on two CPUs at "
			"once, or with the registers of another");
		end_all();
	}
}

// ------------------------------------------------------------------ sleepers

static volatile int asleep, awake;

static void
sleeper(void)
{
	__sync_fetch_and_add(&asleep, 1);
	call(SYS_ipc_recv, UTOP, 0, 0, 0, 0);
	__sync_fetch_and_add(&awake, 1);
}

// This program keeps its CPU, so the others find nothing to run, when theirs
// have gone to sleep.
static void
sleepers(void)
{
	look_at("sched_yield", EX6S);
	asleep = awake = 0;
	start_all(sleeper);
	for (int i = 0; i < 100000 && asleep < THREADS; i++)
		pause();
	until(asleep == THREADS);
	for (int i = 0; i < 1000; i++)
		pause();
	expect(awake == 0, "a program that waits in sys_ipc_recv goes on "
		"without a message: it was run although it is "
		"ENV_NOT_RUNNABLE");
	end_all();
}

// ------------------------------------------------------------ traps at once

static volatile uint32_t trapped[NENV], wrong_id;

static void
make_calls(void)
{
	const envid_t me = sys_getenvid();

	for (int i = 0; i < 300; i++) {
		if (sys_getenvid() != me)
			wrong_id++;
		trapped[ENVX(me)]++;
	}
	__sync_fetch_and_add(&done, 1);
}

static void
traps_at_once(void)
{
	look_at("trap_init_percpu", EX4);
	done = 0;
	start_all(make_calls);
	until_done();
	expect(done == THREADS, "of %d programs on %d CPUs, %d do not come to "
		"their end", THREADS, CPUS, THREADS - done);
	expect(!wrong_id, "a system call has the registers of another program: "
		"do CPUs share a stack or a TSS, or does env_run call "
		"unlock_kernel too early?");
	end_all();
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	traps_at_once();
	every_clock();
	sleepers();
	one_cpu_each(argc > 1 ? 6 : 2);
	look_no_more();
}
