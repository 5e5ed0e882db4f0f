// kern/sched.c - which environment runs next.
//
// Round robin: who becomes runnable, or gives up the CPU while it could go on,
// goes to the end of one queue, and each CPU takes the first of it.  A CPU that
// finds nothing halts; interrupts wake it, its own clock being off.  Whoever
// leaves the kernel while there is work for an idle CPU wakes one; that CPU
// does the same in turn.
//
// Entry points: sched_yield, sched_next, sched_handoff; sched_wake,
// sched_wake_receiver, sched_enqueue, sched_begin; sched_share, sched_tick,
// sched_awake.

#include <inc/assert.h>
#include <inc/x86.h>

#include <kern/audit.h>
#include <kern/cpu.h>
#include <kern/env.h>
#include <kern/irqwait.h>
#include <kern/lab.h>
#include <kern/monitor.h>
#include <kern/pmap.h>
#include <kern/reap.h>
#include <kern/sched.h>
#include <kern/spinlock.h>
#include <kern/wait.h>

// The queue has slots, each of them once at most.  Where the environment is not
// runnable any more when its turn comes, it is left out: who makes one runnable
// puts it here, and who stops one need not look for it.
static uint16_t run_queue[NENV];	// a ring
static uint32_t run_queue_start;	// the first, modulo NENV
uint32_t sched_queued;			// how many there are
static bool in_run_queue[NENV];		// is slot i?

uint32_t sched_idle_cpus;

void (*sched_chore)(void);

uint64_t sched_idle_time;
static uint64_t idle_since;

// Is this slot to be put into the queue?  It counts as being there then.
static inline bool
joins_run_queue(uint32_t slot)
{
	if (in_run_queue[slot])
		return false;
	sched_queued++;
	return in_run_queue[slot] = true;
}

static inline void
enqueue(const struct Env *e)
{
	const uint32_t slot = ENVX(e->env_id);

	if (joins_run_queue(slot))
		run_queue[(run_queue_start + sched_queued - 1) % NENV] = slot;
}

static inline void
enqueue_first(const struct Env *e)
{
	const uint32_t slot = ENVX(e->env_id);

	if (joins_run_queue(slot))
		run_queue[--run_queue_start % NENV] = slot;
}

void
sched_enqueue(const struct Env *e)
{
	enqueue(e);
}

// Not inlined, or the compiler makes much of the loop below, which mostly ends
// at its first round.
static struct Env * __attribute__((noinline))
dequeue(void)
{
	const uint32_t slot = run_queue[run_queue_start++ % NENV];

	sched_queued--;
	in_run_queue[slot] = false;
	return &envs[slot];
}

// No slot at or above this one was ever in use.
static uint32_t slot_limit;

void
sched_begin(const struct Env *e)
{
	slot_limit = MAX(slot_limit, ENVX(e->env_id) + 1u);
	enqueue(e);
}

// Find what is runnable although nobody told us.  Our own code does; a lab's
// solution may just set env_status.
static void
enqueue_unnoticed(void)
{
	for (uint32_t slot = 0; slot < slot_limit; slot++)
		if (envs[slot].env_status == ENV_RUNNABLE)
			enqueue(&envs[slot]);
}

// The first in the queue that is runnable still; NULL for none.
static struct Env *
take_runnable(void)
{
	while (sched_queued) {
		struct Env *e = dequeue();

		if (e->env_status == ENV_RUNNABLE)
			return e;
	}
	return NULL;
}

void
sched_wake(struct Env *e)
{
	wait_forget(e);
	// It may be stopped, but not yet out of its CPU.
	e->env_status = ncpu > 1 && env_elsewhere(e) >= 0
		? ENV_RUNNING : ENV_RUNNABLE;
	enqueue(e);
}

// It goes first, so a message is answered soon, whoever else computes.  They
// are not kept from the CPU: at each tick, who runs goes behind them.
void
sched_wake_receiver(struct Env *e)
{
	e->env_status = ENV_RUNNABLE;
	enqueue_first(e);
}

void
sched_yield(void)
{
	struct Env *old = curenv, *e = take_runnable();
	const bool can_go_on = old && old->env_status == ENV_RUNNING;

	if (can_go_on && e)
		enqueue(old);	// env_run makes it runnable
	else if (can_go_on)
		e = old;
	if (!e) {
		enqueue_unnoticed();
		e = take_runnable();
	}
	if (!e)
		sched_halt();
	env_run(e);
}

struct Env *sched_heir;

// Two who hand the CPU to and fro keep it from nobody: at the next tick,
// sched_yield goes on with the queue.
void
sched_next(void)
{
	struct Env *old = curenv, *e = sched_heir;

	sched_heir = NULL;
	if (!e || e->env_status != ENV_RUNNABLE)
		sched_yield();
	if (old && old->env_status == ENV_RUNNING)
		enqueue(old);	// env_run makes it runnable
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
	enqueue_unnoticed();
	sched_share();
}

void
sched_awake(void)
{
	sched_idle_cpus &= ~(1u << cpunum());
	if (cpu_has_tsc && thiscpu == bootcpu)
		sched_idle_time += read_tsc() - idle_since;
}

// Will anything ever run again?  An environment that waits for another one
// does not count; one that waits for a device does, and so does a chore.
static bool
something_to_come(void)
{
	if (wait_any_device() || sched_chore)
		return true;
	for (int i = 0; i < ncpu; i++)
		if (i != cpunum() && cpus[i].cpu_env)
			return true;
	return false;
}

// Nobody can run here: use the time for what ended environments had.  Returns
// who can run at last, or NULL when all is given back.
static struct Env *
reap_meanwhile(void)
{
	struct Env *e = NULL;

	while (!e && reap_pending()) {
		reap_some();
		unlock_kernel();	// others may want something
		lock_kernel();
		e = take_runnable();
	}
	return e;
}

// Wait for work: give up the lock and stop until an interrupt comes, which
// trap() then takes as if it came from user mode.
void
sched_halt(void)
{
	curenv = NULL;
	lcr3(PADDR(kern_pgdir));

	struct Env *e = reap_meanwhile();
	if (e)
		env_run(e);
	if (!something_to_come()) {
		cprintf("No runnable environments in the system!\n");
		if (debug_asked)
			audit(true);
		cpus_stop();
		while (1)
			monitor(NULL);
	}

	lapic_timer(thiscpu == bootcpu);
	thiscpu->cpu_status = CPU_HALTED;
	sched_idle_cpus |= 1u << cpunum();
	if (cpu_has_tsc && thiscpu == bootcpu)
		idle_since = read_tsc();
	unlock_kernel();

	// Nothing on this stack is needed any more, so start it anew.
	__asm__ volatile(
		"movl %0, %%esp\n\t"
		"xorl %%ebp, %%ebp\n\t"
		"pushl %%ebp\n\t"
		"sti\n"
		"1:\n\t"
		"hlt\n\t"
		"jmp 1b"
		: : "r" (thiscpu->cpu_ts.ts_esp0) : "memory");
	__builtin_unreachable();
}
