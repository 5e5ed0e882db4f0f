// kern/sched.c - which environment runs next.
//
// Round robin: the search goes through envs[] in a circle.  A CPU that finds
// nothing to run halts until its next interrupt.
//
// Entry points: sched_yield, sched_halt.

// Run the next ENV_RUNNABLE environment in circular order, after curenv.  If
// there is none, curenv goes on if it is ENV_RUNNING; else this CPU halts.
// Never run an environment that another CPU runs.
void
sched_yield(void)
{
	const int from = curenv ? ENVX(curenv->env_id) : NENV - 1;

	for (int i = 1; i <= NENV; i++) {
		struct Env *e = &envs[(from + i) % NENV];

		if (e->env_status == ENV_RUNNABLE)
			env_run(e);
	}
	if (curenv && curenv->env_status == ENV_RUNNING)
		env_run(curenv);
	sched_halt();
}

// Will any environment ever run again?
static bool
may_run_later(void)
{
	for (const struct Env *e = envs; e < envs + NENV; e++)
		if (e->env_status == ENV_RUNNABLE
		    || e->env_status == ENV_RUNNING
		    || e->env_status == ENV_DYING)
			return true;
	return false;
}

// Wait for work: give up the lock and stop until an interrupt comes, after
// which trap() looks again.
void
sched_halt(void)
{
	if (!may_run_later()) {
		cprintf("No runnable environments in the system!\n");
		while (1)
			monitor(NULL);
	}

	curenv = NULL;
	lcr3(PADDR(kern_pgdir));
	xchg(&thiscpu->cpu_status, CPU_HALTED);
	unlock_kernel();

	// Nothing on this stack is needed any more, so start it anew.
	__asm__ volatile(
		"movl %0, %%esp\n\t"
		"xorl %%ebp, %%ebp\n\t"
		"pushl %%ebp\n\t"
		"sti\n\t"
		"1:\n\t"
		"hlt\n\t"
		"jmp 1b"
		: : "r" (thiscpu->cpu_ts.ts_esp0) : "memory");
	__builtin_unreachable();
}
