// kern/syscall.c - what programs may ask of the kernel.
//
// A function named after each call carries it out.  It checks all arguments
// before it changes anything.
//
// Entry point: syscall.

static int
sys_cgetc(void)
{
	return cons_getc();
}

// End curenv or a child of curenv.  Returns 0 or -E_BAD_ENV.
static int
sys_env_destroy(envid_t envid)
{
	struct Env *e;
	int r;

	if ((r = envid2env(envid, &e, true)) < 0)
		return r;
	if (lab->env_messages && e == curenv)
		cprintf("[%08x] exiting gracefully\n", curenv->env_id);
	else if (lab->env_messages)
		cprintf("[%08x] destroying %08x\n", curenv->env_id, e->env_id);
	env_destroy(e);
	return 0;
}

// Start an environment (ENV_RUNNABLE) or stop it (ENV_NOT_RUNNABLE).
// Returns 0; -E_BAD_ENV; -E_INVAL: status is not one of the two.
static int
sys_env_set_status(envid_t envid, int status)
{
	struct Env *e;
	int r;

	if (status != ENV_RUNNABLE && status != ENV_NOT_RUNNABLE)
		return -E_INVAL;
	if ((r = envid2env(envid, &e, true)) < 0)
		return r;
	e->env_status = status;
	return 0;
}

// Replace the registers of an environment.  Whatever tf holds, the environment
// stays in user mode, with interrupts on and without I/O privilege.
// Returns 0 or -E_BAD_ENV; ends curenv if it may not read tf.
static int
sys_env_set_trapframe(envid_t envid, struct Trapframe *tf)
{
	struct Env *e;
	int r;

	user_mem_assert(curenv, tf, sizeof(*tf), PTE_U);
	if ((r = envid2env(envid, &e, true)) < 0)
		return r;
	e->env_tf = *tf;
	e->env_tf.tf_cs = GD_UT | 3;
	e->env_tf.tf_ds = GD_UD | 3;
	e->env_tf.tf_es = GD_UD | 3;
	e->env_tf.tf_ss = GD_UD | 3;
	e->env_tf.tf_eflags = (tf->tf_eflags & FL_USER) | FL_IF;
	return 0;
}
