// kern/sched.c - which environment runs next.
//
// Round robin: each CPU searches envs[] in a circle, from the environment that
// its last search found.  A CPU that finds none halts with its clock off, until
// an interrupt comes; CPUs 0 and 1 keep their clocks on (watchdog_tick).
//
// A CPU that gives up the kernel lock wakes an idle CPU if environments became
// ready that no CPU may have found yet (unlock_kernel).  The woken CPU does so
// in turn, until one finds nothing to run.
//
// Entry points: sched_yield, sched_halt; sched_wake_receiver, sched_handoff,
// sched_next; sched_tick, sched_turn_is_over, sched_leave_idle.

#include <inc/assert.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/debug/audit.h>
#include <kern/env.h>
#include <kern/irqwait.h>
#include <kern/lab.h>
#include <kern/monitor.h>
#include <kern/pmap.h>
#include <kern/reap.h>
#include <kern/sched.h>
#include <kern/sleep.h>
#include <kern/spinlock.h>

struct Env *next_to_run[NCPU];
uint64_t sched_idle_time;
static uint64_t idle_since;

// May any CPU that finds e run it?
ALWAYS_INLINE bool
is_ready(const struct Env *e)
{
	return e->env_status == ENV_RUNNABLE && !sleeps_on_device(e);
}

// Run the next ready environment in circular order, after the one that this
// CPU's last search found.  If none is ready, curenv goes on if it is still
// ENV_RUNNING; otherwise this CPU halts.
void
sched_yield(void)
{
	static struct Env *last[NCPU];
	struct Env **const mine = &last[cpunum()];
	struct Env *const from = *mine ? *mine : envs, *e = from;
	struct Env *const end = env_end();

	do {
		if (++e >= end)
			e = envs;
		if (is_ready(e))
			env_run(*mine = e);
	} while (e != from);
	if (curenv && curenv->env_status == ENV_RUNNING)
		env_run(curenv);
	sched_halt();
}

bool
sched_turn_is_over(void)
{
	if (!ipi_take(IPI_TICK))
		return false;
	deferred_ticks[cpunum()].taken++;
	if (thiscpu == bootcpu)
		sched_tick();
	return true;
}

void
sched_handoff(struct Env *e)
{
	e->env_status = ENV_RUNNABLE;
	if (deferred_work && sched_turn_is_over())
		sched_yield();
	if (curenv && curenv->env_status == ENV_RUNNING)
		wakeups++;
	env_run(e);
}

// The search of sched_yield ignores what sched_next and sched_handoff ran: at
// the next tick it goes on where it was, so two environments that hand a CPU to
// and fro keep it from no other.
void
sched_next(void)
{
	struct Env **next = &next_to_run[cpunum()], *e = *next;

	*next = NULL;
	if (e && is_ready(e))
		env_run(e);
	sched_yield();
}

// A lab's solution may set env_status and wake no CPU: then idle CPUs are woken
// at this tick.
void
sched_tick(void)
{
	const struct Env *end = env_end();

	irqwait_tick();
	wakeup_readers();
	for (const struct Env *e = envs; e < end && cpus_idle; e++)
		wakeups += is_ready(e);
}

void
sched_leave_idle(void)
{
	cpus_idle &= ~(1u << cpunum());
	if (cpu_has_tsc && thiscpu == bootcpu)
		sched_idle_time += read_tsc() - idle_since;
}

// Will any environment ever run again?  One that waits for a device is
// ENV_RUNNABLE (kern/sleep.c); one that waits for another does not count.
static bool
may_run_later(void)
{
	const struct Env *end = env_end();

	for (const struct Env *e = envs; e < end; e++)
		if (e->env_status == ENV_RUNNABLE
		    || e->env_status == ENV_RUNNING
		    || e->env_status == ENV_DYING)
			return true;
	return server_end != SERVER_RUNS;
}

// Wait for work: give up the lock and stop until an interrupt comes, which
// trap() then takes as if it came from user mode.  If there is deferred work,
// this CPU raises IRQ_WAKE itself, behind all interrupts that are pending:
// trap() does a piece of the work (do_deferred_work) and comes here again.
void
sched_halt(void)
{
	curenv = NULL;
	lcr3(PADDR(kern_pgdir));
	if (!may_run_later()) {
		cprintf("No runnable environments in the system!\n");
		if (debug_asked)
			audit(true);
		cpus_stop();
		while (1)
			monitor(NULL);
	}

	lapic_timer(cpunum() <= 1);	// see watchdog_tick
	thiscpu->cpu_status = CPU_HALTED;
	cpus_idle |= 1u << cpunum();
	wakeups = 0;			// all that could run does
	if (cpu_has_tsc && thiscpu == bootcpu)
		idle_since = read_tsc();

	const bool pending = reap_pending() || ipi_requests[cpunum()] != 0;

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
		: : "r" (thiscpu->cpu_ts.ts_esp0), "q" (pending),
		    "i" (IRQ_OFFSET + IRQ_WAKE) : "memory");
	__builtin_unreachable();
}
