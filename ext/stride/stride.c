// ext/stride/stride.c - stride scheduling: time in proportion to shares.
//
// Each environment has a pass, which advances by the time that it uses, divided
// by its share.  The ready environment with the lowest pass runs next.  So where
// all are always ready, their passes stay close together, and the time of each
// is in proportion to its share.  On k CPUs, nobody can have more than one of
// them, whatever its share.
//
// One that wakes up gets no credit for its sleep: its pass is raised to that of
// the last one chosen.  A handoff runs the receiver only if nobody's pass is
// lower, and two that hand a CPU to and fro are charged like others.
//
// Those that wait for a CPU are in a heap, so that the lowest pass is found, and
// others added, in a time that grows with the logarithm of their number.
//
// Entry points: in place of sched_yield, sched_next and sched_handoff; and two
// system calls.  Under the kernel lock.

#include <inc/error.h>
#include <inc/stdio.h>
#include <inc/x86.h>

#include <ext/calls.h>
#include <ext/ready/ready.h>
#include <ext/stride/stride.h>

#include <kern/cpu.h>
#include <kern/env.h>
#include <kern/ext.h>
#include <kern/sched.h>
#include <kern/sleep.h>

#define TIME_SHIFT	10		// sys_env_get_time leaves these out
#define TURN_TIME	1000000		// for a turn, if there is no counter

// What struct Env has no room for, by slot of envs[]
static struct Account {
	envid_t env;			// that this is about
	uint32_t share;
	uint64_t pass;
	uint64_t time;			// that it has used
	int place;			// in heap[]; 0: not there
} accounts[NENV];

static uint64_t last_pass;		// of the last one chosen

// Whom a CPU runs, and since when
static struct Turn {
	envid_t env;			// 0: nobody
	uint64_t start;
} turns[NCPU];

// ---------------------------------------------------------------------- heap

// Who waits for a CPU.  No pass at n is above those at 2n and 2n+1, so heap[1]
// has the lowest.
static struct Account *heap[NENV + 1];
static int heap_size;

static void
put(struct Account *a, int place)
{
	heap[place] = a;
	a->place = place;
}

// Of the two below this place, the one with the lower pass; 0 if there is none.
static int
lower_below(int place)
{
	const int n = 2 * place;

	if (n > heap_size)
		return 0;
	return n < heap_size && heap[n + 1]->pass < heap[n]->pass ? n + 1 : n;
}

// Put a at this place, or where its pass belongs above or below that.
static void
settle(struct Account *a, int place)
{
	int below;

	for (; place > 1 && a->pass < heap[place / 2]->pass; place /= 2)
		put(heap[place / 2], place);
	for (; (below = lower_below(place)) && heap[below]->pass < a->pass;
	     place = below)
		put(heap[below], place);
	put(a, place);
}

static void
heap_add(struct Account *a)
{
	settle(a, ++heap_size);
}

static void
heap_remove(struct Account *a)
{
	struct Account *last = heap[heap_size--];

	if (last != a)
		settle(last, a->place);
	a->place = 0;
}

// ------------------------------------------------------------------ accounts

// The first look at a new environment gives it its parent's share.  The slot may
// still be in the heap for one that has ended.
static struct Account *
account_of(const struct Env *e)
{
	struct Account *a = &accounts[ENVX(e->env_id)];
	const struct Account *parent = &accounts[ENVX(e->env_parent_id)];

	if (a->env == e->env_id)
		return a;
	if (a->place)
		heap_remove(a);
	*a = (struct Account) { .env = e->env_id };
	if (e->env_type == ENV_TYPE_FS)
		a->share = SHARE_MAX;	// it works for all others
	else if (e->env_parent_id && parent->env == e->env_parent_id)
		a->share = parent->share;
	else
		a->share = SHARE_DEFAULT;
	return a;
}

static uint64_t
now(void)
{
	static uint64_t turns_given;

	return cpu_has_tsc ? read_tsc() : TURN_TIME * ++turns_given;
}

// Charge the environment that this CPU ran for its turn until now.
static void
end_turn(void)
{
	struct Turn *turn = &turns[cpunum()];
	struct Account *a = &accounts[ENVX(turn->env)];
	const uint64_t time = now(), used = time - turn->start;

	if (turn->env && a->env == turn->env) {
		a->time += used;
		a->pass += used * SHARE_MAX / a->share;
		if (a->place)		// it fell asleep and was woken
			settle(a, a->place);
	}
	turn->env = 0;
	turn->start = time;
}

// -------------------------------------------------------------------- choice

// e woke up.  Returns false if it was in the heap already.
static bool
add(struct Env *e)
{
	struct Account *a = account_of(e);

	if (a->place)
		return false;
	a->pass = MAX(a->pass, last_pass);
	heap_add(a);
	return true;
}

static struct Env *
env_of_account(const struct Account *a)
{
	return &envs[a - accounts];
}

// The one with the lowest pass of those that wait for a CPU; NULL if there is
// nobody.  Drops those that were stopped, or ended, when they come to the top.
static struct Account *
lowest_ready(void)
{
	while (heap_size > 0 && !is_ready(env_of_account(heap[1])))
		heap_remove(heap[1]);
	return heap_size > 0 ? heap[1] : NULL;
}

// Run the one with the lowest pass; `favourite' among equals.
static void __attribute__((noreturn))
run_lowest(const struct Env *favourite)
{
	struct Env *me = curenv;

	end_turn();
	ready_look();
	if (me && me->env_status == ENV_RUNNING) {
		me->env_status = ENV_RUNNABLE;
		heap_add(account_of(me));
	}

	struct Account *lowest = lowest_ready();

	if (!lowest)
		sched_halt();
	if (favourite && is_ready(favourite)) {
		struct Account *a = account_of(favourite);

		if (a->place && a->pass == lowest->pass)
			lowest = a;
	}
	heap_remove(lowest);
	last_pass = lowest->pass;
	turns[cpunum()].env = lowest->env;
	env_run(env_of_account(lowest));
}

// ---------------------------------------------- in place of kern/sched.c's

static void __attribute__((noreturn))
yield(void)
{
	run_lowest(NULL);
}

static void __attribute__((noreturn))
next(void)
{
	run_lowest(ready_take_receiver());
}

static void __attribute__((noreturn))
handoff(struct Env *e)
{
	e->env_status = ENV_RUNNABLE;
	wakeups++;
	add(e);
	run_lowest(sched_turn_is_over() ? NULL : e);
}

// -------------------------------------------------------------- system calls

static int
env_set_share(envid_t envid, uint32_t share)
{
	struct Env *e = env_of(envid, true);

	if (!e)
		return -E_BAD_ENV;
	if (share == 0 || share > account_of(curenv)->share)
		return -E_INVAL;

	// Children that nobody has looked at inherit the share until now.
	for (const struct Env *child = envs; child < env_end(); child++)
		if (child->env_parent_id == e->env_id)
			account_of(child);
	account_of(e)->share = share;
	return 0;
}

static int
env_get_time(envid_t envid)
{
	const struct Env *e = env_of(envid, false);

	return e ? (int) (account_of(e)->time >> TIME_SHIFT & 0x7FFFFFFF)
		: -E_BAD_ENV;
}

static bool
stride_syscall(uint32_t number, uint32_t a1, uint32_t a2, uint32_t a3,
	uint32_t a4, uint32_t a5, int32_t *result)
{
	(void) a3, (void) a4, (void) a5;

	if (number == SYS_env_set_share)
		*result = env_set_share(a1, a2);
	else if (number == SYS_env_get_time)
		*result = env_get_time(a1);
	else
		return false;
	return true;
}

static void
stride_boot(void)
{
	if (ext_on("priority")) {
		cprintf("stride is off: there is one scheduler, priority\n");
		return;
	}
	ext_replace(sched_yield, yield);
	ext_replace(sched_next, next);
	ext_replace(sched_handoff, handoff);
	ready_watch(add);
}

EXTENSION(stride, .boot = stride_boot, .syscall = stride_syscall);
