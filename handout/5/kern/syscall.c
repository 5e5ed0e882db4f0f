// kern/syscall.c - what programs may ask of the kernel.
//
// A function named after each call carries it out.  It checks all arguments
// before it changes anything.
//
// Entry point: syscall.

// Returns the next character of console input, or 0 if there is none yet.
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

// The flags that sys_env_set_trapframe takes from a program
#define FL_USER	(FL_CF | FL_PF | FL_AF | FL_ZF | FL_SF | FL_TF | FL_DF	\
		| FL_OF | FL_AC | FL_ID)

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

// Send value, and the page at srcva if srcva is below UTOP and the receiver
// accepts a page.  Any environment may send to any other that is receiving; the
// receiver's sys_ipc_recv then returns 0.
// Returns 0; -E_BAD_ENV; -E_IPC_NOT_RECV: the target does not receive;
// -E_INVAL: srcva is below UTOP, and is not the start of a page, or no page is
// there, or perm is bad, or has PTE_W although the page is read-only here;
// -E_NO_MEM: no page table for the receiver, which goes on waiting.
static int
sys_ipc_try_send(envid_t envid, uint32_t value, void *srcva, int perm)
{
	struct Env *to, *me = curenv;
	struct PageInfo *pp = NULL;
	int r;

	if ((r = envid2env(envid, &to, false)) < 0)
		return r;
	if (!to->env_ipc_recving || to->env_status != ENV_NOT_RUNNABLE)
		return -E_IPC_NOT_RECV;
	if ((uintptr_t) srcva < UTOP
	    && !(pp = page_to_share(me, srcva, perm)))
		return -E_INVAL;

	bool page_moves = pp && (uintptr_t) to->env_ipc_dstva < UTOP;
	if (page_moves && (r = page_insert(to->env_pgdir, pp,
			to->env_ipc_dstva, perm)) < 0)
		return r;

	to->env_ipc_recving = false;
	to->env_ipc_from = me->env_id;
	to->env_ipc_value = value;
	to->env_ipc_perm = page_moves ? perm : 0;
	to->env_tf.tf_regs.reg_eax = 0;
	to->env_status = ENV_RUNNABLE;
	return 0;
}

// Sleep until a message comes.  A page that comes with the message is mapped at
// dstva; if dstva is UTOP or above, only the value is taken.
// Returns 0, or -E_INVAL: dstva is below UTOP and not the start of a page.
static int
sys_ipc_recv(void *dstva)
{
	struct Env *me = curenv;

	if ((uintptr_t) dstva < UTOP && !user_page(dstva))
		return -E_INVAL;
	me->env_ipc_dstva = dstva;
	me->env_ipc_recving = true;
	me->env_status = ENV_NOT_RUNNABLE;
	return 0;
}

// Carry out the system call with this number.  Returns its result; -E_INVAL if
// there is no such call.
int32_t
syscall(uint32_t syscallno, uint32_t a1, uint32_t a2, uint32_t a3,
	uint32_t a4, uint32_t a5)
{
	switch (syscallno) {
	case SYS_cputs:
		sys_cputs((const char *) a1, a2);
		return 0;
	case SYS_cgetc:
		return sys_cgetc();
	case SYS_getenvid:
		return sys_getenvid();
	case SYS_env_destroy:
		return sys_env_destroy(a1);
	case SYS_page_alloc:
		return sys_page_alloc(a1, (void *) a2, a3);
	case SYS_page_map:
		return sys_page_map(a1, (void *) a2, a3, (void *) a4, a5);
	case SYS_page_unmap:
		return sys_page_unmap(a1, (void *) a2);
	case SYS_exofork:
		return sys_exofork();
	case SYS_env_set_status:
		return sys_env_set_status(a1, a2);
	case SYS_env_set_trapframe:
		return sys_env_set_trapframe(a1, (struct Trapframe *) a2);
	case SYS_env_set_pgfault_upcall:
		return sys_env_set_pgfault_upcall(a1, (void *) a2);
	case SYS_yield:
		return sys_yield();
	case SYS_ipc_try_send:
		return sys_ipc_try_send(a1, a2, (void *) a3, a4);
	case SYS_ipc_recv:
		return sys_ipc_recv((void *) a1);
	default:
		return -E_INVAL;
	}
}
