// kern/env.c - environments, from creation to end.
//
// envs[] has a slot for each environment.  Free slots are on env_free_list: at
// first in the order of envs[], later the last one freed comes first.
//
// Entry points: env_init, env_init_percpu; envid2env; env_alloc, env_create,
// env_free, env_destroy; env_run, the way out of the kernel.

// Flat segments: paging alone protects.  User segments differ only in the
// privilege that they grant.  trap_init_percpu fills in the TSSs, one for each
// CPU.
struct Segdesc gdt[NCPU + 5] = {
	[GD_KT >> 3] = SEG(STA_X | STA_R, 0, 0xffffffff, 0),
	[GD_KD >> 3] = SEG(STA_W, 0, 0xffffffff, 0),
	[GD_UT >> 3] = SEG(STA_X | STA_R, 0, 0xffffffff, 3),
	[GD_UD >> 3] = SEG(STA_W, 0, 0xffffffff, 3),
};

int
envid2env(envid_t envid, struct Env **store, bool checkperm)
{
	struct Env *e = envid == 0 ? curenv : &envs[ENVX(envid)];

	*store = NULL;
	if (e->env_status == ENV_FREE || (envid != 0 && e->env_id != envid))
		return -E_BAD_ENV;
	if (checkperm && e != curenv && e->env_parent_id != curenv->env_id)
		return -E_BAD_ENV;
	*store = e;
	return 0;
}

// --------------------------------------------------------------------- end

// End e, which is on no CPU but perhaps this one, and free its memory.
void
env_free(struct Env *e)
{
	if (lab->env_messages)
		cprintf("[%08x] free env %08x\n",
			curenv ? curenv->env_id : 0, e->env_id);
	if (rcr3() == PADDR(e->env_pgdir))
		lcr3(PADDR(kern_pgdir));

	for (uint32_t i = 0; i < PDX(UTOP); i++) {
		const pde_t pde = e->env_pgdir[i];

		if (!(pde & PTE_P))
			continue;
		for (uint32_t j = 0; j < NPTENTRIES; j++)
			page_remove(e->env_pgdir, PGADDR(i, j, 0));
		e->env_pgdir[i] = 0;
		page_decref(pa2page(PTE_ADDR(pde)));
	}
	page_decref(pa2page(PADDR(e->env_pgdir)));
	e->env_pgdir = NULL;

	e->env_status = ENV_FREE;
	e->env_link = env_free_list;
	env_free_list = e;
}

// End e.  If another CPU runs e, that CPU frees e when it next enters the
// kernel.  If e is curenv, another environment runs instead, and this does not
// return.
void
env_destroy(struct Env *e)
{
	if (e->env_status == ENV_RUNNING && e != curenv) {
		e->env_status = ENV_DYING;
		return;
	}
	env_free(e);
	if (lab->only_env) {
		cprintf("Destroyed the only environment - "
			"nothing more to do!\n");
		while (1)
			monitor(NULL);
	}
	if (e == curenv) {
		curenv = NULL;
		sched_yield();
	}
}

// ---------------------------------------------------------- the way out

// Load the registers in tf, all at once; that leaves the kernel.
void
env_pop_tf(struct Trapframe *tf)
{
	curenv->env_cpunum = cpunum();
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

// Run e on this CPU, in place of curenv, which becomes ENV_RUNNABLE if it was
// ENV_RUNNING.  If e is curenv already, it just goes on.  Counts in env_runs
// how often e took the place of another.
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
	unlock_kernel();
	env_pop_tf(&e->env_tf);
}
