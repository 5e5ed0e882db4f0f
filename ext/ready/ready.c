// ext/ready/ready.c - who became ready to run.
//
// A scheduler that chooses without a search must learn of everybody who becomes
// ready.  env_status is written in many places, but few of them make an
// environment ready, and each leads past a function that can be replaced:
//
//	wakeup_env	all who slept, but for receivers; who is started
//	sched_handoff	the scheduler's own
//	sched_yield	the scheduler's own: who ran until now
//	sched_wake_receiver is in line, but leaves the receiver in next_to_run[].
//		There the next one takes its place, so it has to be looked at
//		before the CPU leaves the kernel: in unlock_kernel, which calls
//		cpu_wake_idle if somebody was woken and a CPU is idle.  One seems
//		to be, always: READY_WATCH in cpus_idle.
//	env_create	at boot, and when the file server is started again, at a
//		tick: so before the first choice, and at the one that follows a
//		tick, all slots in use are looked at.  That also finds whoever a
//		lab's solution made ready in a way of its own.
//
// Nobody tells when an environment is stopped or ends.  It stays where the
// scheduler has it, and is dropped when its turn comes (is_ready).
//
// Entry points: ready_watch; ready_look, ready_receiver, ready_take_receiver.
// Under the kernel lock.

#include <inc/trap.h>

#include <ext/ready/ready.h>

#include <kern/debug/widen.h>
#include <kern/env.h>
#include <kern/ext.h>
#include <kern/irqwait.h>
#include <kern/sched.h>

static bool (*add)(struct Env *e);	// NULL: no scheduler wants to know
static bool look_at_all = true;
static struct Env *receiver[NCPU];	// that this CPU woke last, or NULL

void
ready_receiver(void)
{
	struct Env **woken = &next_to_run[cpunum()], *e = *woken;

	if (!e || !add)
		return;
	*woken = NULL;
	receiver[cpunum()] = e;
	if (is_ready(e))
		add(e);
}

struct Env *
ready_take_receiver(void)
{
	ready_receiver();

	struct Env *e = receiver[cpunum()];

	receiver[cpunum()] = NULL;
	return e;
}

void
ready_look(void)
{
	ready_receiver();
	if (!look_at_all)
		return;
	look_at_all = false;
	for (struct Env *e = envs; e < env_end(); e++)
		if (is_ready(e) && add(e))
			wakeups++;	// an idle CPU may run it
}

// --------------------------------------- in place of functions of the kernel

static void
wake_env(struct Env *e)
{
	sleep_cancel(e);
	// If e was stopped, but is still on another CPU, it goes on there.
	e->env_status = ncpu > 1 && other_cpu_running(e) >= 0
		? ENV_RUNNING : ENV_RUNNABLE;
	widen();
	wakeups++;
	if (e->env_status == ENV_RUNNABLE)
		add(e);
}

static void
tick(void)
{
	irqwait_tick();
	wakeup_readers();
	look_at_all = true;
}

static void
wake_idle_cpu(void)
{
	const uint32_t idle = ready_idle_cpus();

	ready_receiver();
	if (!idle) {
		wakeups = 0;		// all CPUs choose among all anyway
		return;
	}

	const int cpu = __builtin_ctz(idle);

	cpus_idle &= ~(1u << cpu);
	wakeups--;
	lapic_ipi_to(cpu, IRQ_OFFSET + IRQ_WAKE);
}

void
ready_watch(bool (*scheduler_adds)(struct Env *e))
{
	add = scheduler_adds;
	ext_replace(wakeup_env, wake_env);
	ext_replace(sched_tick, tick);
	ext_replace(cpu_wake_idle, wake_idle_cpu);
	cpus_idle |= READY_WATCH;
}
