struct Env *curenv;

// Flat segments: paging alone protects.  User segments differ only in the
// privilege that they grant.  trap_init_percpu fills in the TSS.
struct Segdesc gdt[] = {
	[GD_KT >> 3] = SEG(STA_X | STA_R, 0, 0xffffffff, 0),
	[GD_KD >> 3] = SEG(STA_W, 0, 0xffffffff, 0),
	[GD_UT >> 3] = SEG(STA_X | STA_R, 0, 0xffffffff, 3),
	[GD_UD >> 3] = SEG(STA_W, 0, 0xffffffff, 3),
	[GD_TSS0 >> 3] = SEG_NULL,
};

// End e.  It is the only environment, so the monitor is all that is left then.
void
env_destroy(struct Env *e)
{
	env_free(e);
	cprintf("Destroyed the only environment - nothing more to do!\n");
	while (1)
		monitor(NULL);
}

void
env_pop_tf(struct Trapframe *tf)
{
	__asm__ volatile(
		"movl %0, %%esp\n\t"
		"popal\n\t"
		"popl %%es\n\t"
		"popl %%ds\n\t"
		"addl $8, %%esp\n\t"	// tf_trapno, tf_err
		"iret"
		: : "g" (tf) : "memory");
	panic("iret failed");
}

// Run e, in place of curenv, which becomes ENV_RUNNABLE if it was ENV_RUNNING.
// If e is curenv already, it just goes on.  Counts in env_runs how often e took
// the place of another.
void
env_run(struct Env *e)
{
	if (curenv != e) {
		if (curenv && curenv->env_status == ENV_RUNNING)
			curenv->env_status = ENV_RUNNABLE;
		curenv = e;
		e->env_runs++;
		lcr3(PADDR(e->env_pgdir));
	}
	e->env_status = ENV_RUNNING;
	env_pop_tf(&e->env_tf);
}
