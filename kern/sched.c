// kern/sched.c - which environment runs next.
//
// Round robin: each CPU goes on through envs[] from the one it ran last.  A
// CPU that finds nothing halts; interrupts wake it, its own clock being off.
// Whoever makes an environment runnable through sched_wake notes that there
// is work, and on its way out of the kernel wakes one idle CPU if work is
// left; that CPU does the same in turn.
//
// Entry points: sched_yield, sched_handoff, sched_wake, sched_share, sched_tick,
// sched_awake, sched_seen.

#include <inc/assert.h>
#include <inc/x86.h>

#include <kern/audit.h>
#include <kern/cpu.h>
#include <kern/env.h>
#include <kern/irqwait.h>
#include <kern/lab.h>
#include <kern/monitor.h>
#include <kern/pmap.h>
#include <kern/sched.h>
#include <kern/spinlock.h>
#include <kern/wait.h>

// No slot at or above this one was ever in use.
static int env_limit;

// There may be more runnable environments than CPUs at work.
static bool work_left;

// Idle CPUs that an interrupt is on its way to, a bit each.
static unsigned cpus_called;

void (*sched_chore)(void);

uint64_t sched_idle_time;
static uint64_t idle_since;

void
sched_seen(struct Env *e)
{
	env_limit = MAX(env_limit, e - envs + 1);
}

void
sched_wake(struct Env *e)
{
	wait_forget(e);
	if (env_elsewhere(e) >= 0) {	// stopped, but not yet out of its CPU
		e->env_status = ENV_RUNNING;
		return;
	}
	e->env_status = ENV_RUNNABLE;
	work_left = true;
}

// The first runnable environment in circular order from slot start on.
static struct Env *
next_runnable(int start)
{
	for (int i = start; i < env_limit; i++)
		if (envs[i].env_status == ENV_RUNNABLE)
			return &envs[i];
	for (int i = 0; i < MIN(start, env_limit); i++)
		if (envs[i].env_status == ENV_RUNNABLE)
			return &envs[i];
	return NULL;
}

// Where the circular search of each CPU goes on
static int next_slot[NCPU];

void
sched_yield(void)
{
	int me = cpunum();

	assert(kernel_locked());

	struct Env *e = next_runnable(next_slot[me]);
	if (!e && curenv && curenv->env_status == ENV_RUNNING)
		e = curenv;
	if (!e)
		sched_halt();
	next_slot[me] = e - envs + 1;
	env_run(e);
}

// As its slot is not noted, the search goes on at the next tick where it was:
// two who hand the CPU to and fro keep it from nobody.
void
sched_handoff(struct Env *e)
{
	e->env_status = ENV_RUNNABLE;
	env_run(e);
}

void
sched_share(void)
{
	if (!work_left || ncpu == 1)
		return;
	for (int i = 0; i < ncpu; i++) {
		if (cpus[i].cpu_status != CPU_HALTED || cpus_called & 1 << i)
			continue;
		if (!next_runnable(0)) {
			work_left = false;
			return;
		}
		cpus_called |= 1 << i;
		lapic_ipi_to(i, IRQ_OFFSET + IRQ_WAKE);
		return;
	}
}

void
sched_tick(void)
{
	if (sched_chore)
		sched_chore();
	irqwait_tick();
	work_left = true;
	sched_share();
}

void
sched_awake(void)
{
	cpus_called &= ~(1 << cpunum());
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
	for (int i = 0; i < env_limit; i++) {
		unsigned status = envs[i].env_status;

		if (status == ENV_RUNNABLE || status == ENV_RUNNING
		    || status == ENV_DYING)
			return true;
	}
	return false;
}

// Wait for work: give up the lock and stop until an interrupt comes, which
// trap() then takes as if it came from user mode.
void
sched_halt(void)
{
	if (!something_to_come()) {
		cprintf("No runnable environments in the system!\n");
		if (debug_asked)
			audit(true);
		cpus_stop();
		while (1)
			monitor(NULL);
	}

	curenv = NULL;
	lcr3(PADDR(kern_pgdir));
	lapic_timer(thiscpu == bootcpu);
	thiscpu->cpu_status = CPU_HALTED;
	if (cpu_has_tsc && thiscpu == bootcpu)
		idle_since = read_tsc();
	unlock_kernel();
	spin_check_none();

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
