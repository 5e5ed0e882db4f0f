// kern/sched.c - which environment runs next.
//
// Round robin: each CPU goes on through envs[] from the one it ran last.  A
// CPU that finds nothing halts; interrupts wake it, its own clock being off,
// but for CPUs 0 and 1 (cpu_watch).
// Whoever leaves the kernel while there is work for an idle CPU wakes one; that
// CPU does the same in turn.
//
// Entry points: sched_yield, sched_next, sched_handoff; sched_wake,
// sched_wake_receiver, sched_mark, sched_unmark; sched_share, sched_tick,
// sched_awake.

#include <inc/assert.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/debug/audit.h>
#include <kern/debug/widen.h>
#include <kern/env.h>
#include <kern/irqwait.h>
#include <kern/lab.h>
#include <kern/monitor.h>
#include <kern/pmap.h>
#include <kern/reap.h>
#include <kern/sched.h>
#include <kern/sleep.h>
#include <kern/spinlock.h>

// A mark on each slot whose environment is runnable, and perhaps on some where it
// is not any more: who makes one runnable marks it, and who stops one need not
// care.  The search takes the mark off what it finds.
static uint32_t marks[NENV / 32];	// a bit each
uint32_t sched_marked_words;		// a bit for each word that is not 0

_Static_assert(NENV == 32 * 32, "marks has two levels");

uint32_t sched_idle_cpus;

void (*sched_chore)(void);

uint64_t sched_idle_time;
static uint64_t idle_since;

inline void
sched_mark(const struct Env *e)
{
	const uint32_t slot = ENVX(e->env_id);

	marks[slot / 32] |= 1u << slot % 32;
	sched_marked_words |= 1u << slot / 32;
}

// Take the mark with this number off word i.
ALWAYS_INLINE void
unmark(uint32_t i, uint32_t bit)
{
	marks[i] &= ~(1u << bit);
	if (marks[i] == 0)
		sched_marked_words &= ~(1u << i);
}

void
sched_unmark(const struct Env *e)
{
	const uint32_t slot = ENVX(e->env_id);

	unmark(slot / 32, slot % 32);
}

// Take the mark off the first slot that has one, in circular order from this slot
// on; there must be one.  Not inlined, or the compiler makes much of the loop
// below, which mostly ends at its first round.
static uint32_t __attribute__((noinline))
take_mark(uint32_t slot)
{
	uint32_t i = slot / 32;
	uint32_t word = marks[i] & ~0u << slot % 32;

	if (word == 0) {
		const uint32_t above = sched_marked_words & ~1u << i;

		i = __builtin_ctz(above ? above : sched_marked_words);
		word = marks[i];
	}
	slot = __builtin_ctz(word);
	unmark(i, slot);
	return 32 * i + slot;
}

// Mark what can run although nobody told us.  Our own code does; a lab's
// solution may just set env_status.
static void
mark_unmarked(void)
{
	const struct Env *end = envs + env_slots();

	for (const struct Env *e = envs; e < end; e++)
		if (e->env_status == ENV_RUNNABLE && !sleeps_on_device(e))
			sched_mark(e);
}

// Where the search of each CPU goes on
static uint32_t next_slot[NCPU];

// The next to run on this CPU, which loses its mark; NULL for none.
static inline struct Env *
take_runnable(void)
{
	uint32_t *next = &next_slot[cpunum()];

	while (sched_marked_words) {
		const uint32_t slot = take_mark(*next);

		if (envs[slot].env_status == ENV_RUNNABLE) {
			*next = (slot + 1) % NENV;
			return &envs[slot];
		}
	}
	return NULL;
}

void
sched_wake(struct Env *e)
{
	sleep_cancel(e);
	// It may be stopped, but not yet out of its CPU.
	e->env_status = ncpu > 1 && env_elsewhere(e) >= 0
		? ENV_RUNNING : ENV_RUNNABLE;
	widen();
	sched_mark(e);
}

// Who was sent a message last from each CPU: goes first when the sender sleeps,
// if it has not run by then.
static struct Env *receiver[NCPU];

void
sched_wake_receiver(struct Env *e)
{
	e->env_status = ENV_RUNNABLE;
	sched_mark(e);
	receiver[cpunum()] = e;
}

void
sched_yield(void)
{
	struct Env *old = curenv, *e = take_runnable();
	const bool can_go_on = old && old->env_status == ENV_RUNNING;

	if (can_go_on && e)
		sched_mark(old);	// env_run makes it runnable
	else if (can_go_on)
		e = old;
	if (!e) {
		mark_unmarked();
		e = take_runnable();
	}
	if (!e)
		sched_halt();
	env_run(e);
}

struct Env *sched_heir;

// As its slot is not noted, the search goes on at the next tick where it was:
// two who hand the CPU to and fro keep it from nobody.
void
sched_next(void)
{
	const int me = cpunum();
	struct Env *old = curenv, *e = sched_heir ? sched_heir : receiver[me];

	sched_heir = receiver[me] = NULL;
	if (!e || e->env_status != ENV_RUNNABLE)
		sched_yield();
	if (old && old->env_status == ENV_RUNNING)
		sched_mark(old);	// env_run makes it runnable
	env_run(e);
}

// It does the same in turn, if there is more to do.
void
sched_call_idle(void)
{
	const int cpu = __builtin_ctz(sched_idle_cpus);

	sched_idle_cpus &= ~(1u << cpu);
	lapic_ipi_to(cpu, IRQ_OFFSET + IRQ_WAKE);
}

void
sched_tick(void)
{
	if (sched_chore)
		sched_chore();
	irqwait_tick();
	mark_unmarked();
	sched_share();
}

void
sched_awake(void)
{
	sched_idle_cpus &= ~(1u << cpunum());
	if (cpu_has_tsc && thiscpu == bootcpu)
		sched_idle_time += read_tsc() - idle_since;
}

// Will anything ever run again?  One that waits for a device is ENV_RUNNABLE
// (kern/sleep.c); one that waits for another environment does not count.
static bool
something_to_come(void)
{
	const struct Env *end = envs + env_slots();

	for (const struct Env *e = envs; e < end; e++)
		if (e->env_status == ENV_RUNNABLE
		    || e->env_status == ENV_RUNNING
		    || e->env_status == ENV_DYING)
			return true;
	return sched_chore != NULL;
}

// Wait for work: give up the lock and stop until an interrupt comes, which
// trap() then takes as if it came from user mode.  As long as environments that
// have ended have something to give back, trap() is to do a piece of that
// (catch_up) and come here again: so we raise IRQ_WAKE ourselves, behind all
// interrupts that are waiting.
void
sched_halt(void)
{
	curenv = NULL;
	lcr3(PADDR(kern_pgdir));

	if (!something_to_come()) {
		cprintf("No runnable environments in the system!\n");
		if (debug_asked)
			audit(true);
		cpus_stop();
		while (1)
			monitor(NULL);
	}

	lapic_timer(cpunum() <= 1);	// see cpu_watch
	thiscpu->cpu_status = CPU_HALTED;
	sched_idle_cpus |= 1u << cpunum();
	if (cpu_has_tsc && thiscpu == bootcpu)
		idle_since = read_tsc();

	const bool reaping = reap_pending();

	unlock_kernel();

	// Nothing on this stack is needed any more, so start it anew.
	__asm__ volatile(
		"movl %0, %%esp\n\t"
		"xorl %%ebp, %%ebp\n\t"
		"pushl %%ebp\n\t"
		"testb %1, %1\n\t"
		"jz 1f\n\t"
		"sti\n\t"
		"nop\n\t"		// interrupts come in after it
		"int %2\n"
		"1:\n\t"
		"sti\n"
		"2:\n\t"
		"hlt\n\t"
		"jmp 2b"
		: : "r" (thiscpu->cpu_ts.ts_esp0), "q" (reaping),
		    "i" (IRQ_OFFSET + IRQ_WAKE) : "memory");
	__builtin_unreachable();
}
