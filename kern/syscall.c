// kern/syscall.c - what programs may ask of the kernel.
//
// A call is handled by the function of its name.  Each first checks
// everything that the program said, and only then changes anything.  A call
// that puts its environment to sleep just returns, with curenv no longer
// ENV_RUNNING; trap() then runs something else.  What it returns is for the
// case that the environment is woken by chance.
//
// Entry point: syscall.

#include <inc/assert.h>
#include <inc/error.h>
#include <inc/string.h>
#include <inc/x86.h>

#include <kern/console.h>
#include <kern/debug/audit.h>
#include <kern/debug/bootmark.h>
#include <kern/debug/debugcall.h>
#include <kern/dev/power.h>
#include <kern/env.h>
#include <kern/fpu.h>
#include <kern/ipc.h>
#include <kern/irqwait.h>
#include <kern/lab.h>
#include <kern/longcall.h>
#include <kern/pagecall.h>
#include <kern/pmap.h>
#include <kern/sched.h>
#include <kern/sleep.h>
#include <kern/syscall.h>
#include <kern/tty.h>
#include <kern/usermem.h>

// ----------------------------------------------------------------- console

// Print len bytes.  Ends the environment, before it prints any, if it may not
// read them all.
static void
sys_cputs(const char *s, size_t len)
{
	user_mem_assert(curenv, s, len, PTE_U);
	cons_write(s, len);
}

// A text up to this size is printed in one piece; of a longer one, at most so
// many bytes and ends of lines before others get a turn.  Moving the screen up
// costs as much as a hundred bytes.
#define CPUTS_WHOLE	128
#define CPUTS_CHUNK	1024
#define CPUTS_LINES	64

// And so many are looked at, whether the program may read them.
#define CPUTS_AHEAD	(1024 * 1024)

// How much of a text is the next piece?
static size_t
cputs_piece(const char *s, size_t len)
{
	int lines = 0;
	size_t n = 0;

	len = MIN(len, (size_t) CPUTS_CHUNK);
	while (n < len && lines < CPUTS_LINES) {
		lines += s[n] == '\n' || s[n] == '\t';
		n++;
	}
	return n;
}

// sys_cputs for a text of any length
static int
cputs_long(const char *s, size_t len)
{
	const size_t done = longcall_done();

	s += done;
	len -= done;
	user_mem_assert(curenv, s, MIN(len, (size_t) CPUTS_AHEAD), PTE_U);

	const size_t n = cputs_piece(s, len);

	sys_cputs(s, n);
	return n < len ? longcall_again(done + n) : 0;
}

// The next character of console input, or 0 if there is none yet.
static int
sys_cgetc(void)
{
	boot_mark(BOOT_PROMPT);
	return tty_getkey();
}

// The next character of a line that was typed, edited and ended (canonical
// mode); 0 if there is none yet; -E_EOF: ^D was typed instead of a line.
static int
sys_cons_line(void)
{
	return tty_getline();
}

// Sleep until there is console input.  Returns 0, perhaps too early.
static int
sys_cons_wait(void)
{
	if (!cons_has_input() && cons_interrupts())
		sleep_on(curenv, &console_input);
	return 0;
}

// The caller, and all that it starts from now on, is what ^C ends; or with 0,
// nothing is, and ^C is input.
static int
sys_cons_foreground(int on)
{
	foreground_set(curenv, on);
	return 0;
}

// ------------------------------------------------------------ environments

static envid_t
sys_getenvid(void)
{
	return curenv->env_id;
}

// End an environment: the caller itself, or a child, which is gone when this
// returns.  Returns 0 or -E_BAD_ENV.
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
	if (e->env_status == ENV_DYING)
		sleep_on(curenv, e);
	return 0;
}

// Let others run.
static int
sys_yield(void)
{
	// The result is in the frame already when we come back.
	curenv->env_tf.tf_regs.reg_eax = 0;
	sched_yield();
}

// Make a child with our registers and an empty address space, not yet
// runnable.  In the child, the call returns 0.
// Returns the child's id, -E_NO_FREE_ENV or -E_NO_MEM.
static envid_t
sys_exofork(void)
{
	struct Env *e;
	int r;

	if ((r = env_alloc(&e, curenv->env_id)) < 0)
		return r;
	e->env_status = ENV_NOT_RUNNABLE;
	e->env_tf = curenv->env_tf;
	e->env_tf.tf_regs.reg_eax = 0;
	return e->env_id;
}

// sys_exofork, and what the labs do not have: the child has the floating-point
// registers of its parent, not its I/O privilege, and is in the foreground if
// its parent is.
static envid_t
exofork(void)
{
	const envid_t id = sys_exofork();
	int r;

	if (id < 0)
		return id;

	struct Env *child = &envs[ENVX(id)];

	if ((r = fpu_copy(child, curenv)) < 0) {
		env_free(child);
		return r;
	}
	child->env_tf.tf_eflags &= ~FL_IOPL_MASK;
	foreground_inherit(curenv, id);
	return id;
}

// Start an environment, or stop it.  Either way it sleeps on nothing any more.
// Returns 0; -E_BAD_ENV; -E_INVAL: neither RUNNABLE nor NOT_RUNNABLE.
static int
sys_env_set_status(envid_t envid, int status)
{
	struct Env *e;
	int r;

	if (status != ENV_RUNNABLE && status != ENV_NOT_RUNNABLE)
		return -E_INVAL;
	if ((r = envid2env(envid, &e, true)) < 0)
		return r;
	env_set_status(e, status);
	return 0;
}

// Flags that a program may give another one, or itself
#define FL_USER	(FL_CF | FL_PF | FL_AF | FL_ZF | FL_SF | FL_TF | FL_DF	\
		| FL_OF | FL_AC | FL_ID)

// Replace an environment's registers.  Whatever tf says, they are those of a
// program: user mode, interrupts as before, no I/O privilege.  If it is running
// elsewhere, what it comes into the kernel with is not carried out (trap).
// Returns 0 or -E_BAD_ENV; ends the caller if tf is not its to read.
static int
sys_env_set_trapframe(envid_t envid, struct Trapframe *tf)
{
	struct Env *e;
	int r;

	user_mem_assert(curenv, tf, sizeof(*tf), PTE_U);
	if ((r = envid2env(envid, &e, true)) < 0)
		return r;

	struct Trapframe safe;

	memmove(&safe, tf, sizeof(safe));	// tf need not be aligned
	safe.tf_cs = GD_UT | 3;
	safe.tf_ds = GD_UD | 3;
	safe.tf_es = GD_UD | 3;
	safe.tf_ss = GD_UD | 3;
	safe.tf_eflags &= FL_USER;
	safe.tf_eflags |= e->env_tf.tf_eflags & FL_IF;
	env_set_tf(e, &safe);
	return 0;
}

// Where e goes on page faults; 0: they end it.  Returns 0 or -E_BAD_ENV.
static int
sys_env_set_pgfault_upcall(envid_t envid, void *upcall)
{
	struct Env *e;
	int r;

	if ((r = envid2env(envid, &e, true)) < 0)
		return r;
	e->env_pgfault_upcall = upcall;
	return 0;
}

// Sleep until an environment, any one, has ended.
// Returns 0, perhaps too early; -E_BAD_ENV: it has ended; -E_INVAL: it is us.
static int
sys_env_wait(envid_t envid)
{
	struct Env *e = &envs[ENVX(envid)];
	int r;

	// Destroyed is not yet ended.
	bool dying = e->env_id == envid && e->env_status == ENV_DYING;
	if (!dying && (r = envid2env(envid, &e, false)) < 0)
		return r;
	if (e == curenv)
		return -E_INVAL;
	sleep_on(curenv, e);
	return 0;
}

// ------------------------------------------------------------------- pages
// kern/pagecall.c has the calls besides these three.

// Map a new page of zeros at va, in place of what was there.
// Returns 0; -E_BAD_ENV; -E_INVAL: bad va or perm; -E_NO_MEM.
static int
sys_page_alloc(envid_t envid, void *va, int perm)
{
	struct PageInfo *pp;
	struct Env *e;
	int r;

	if ((r = envid2env(envid, &e, true)) < 0)
		return r;
	if (!user_page(va) || !user_perm(perm))
		return -E_INVAL;
	if (!(pp = page_alloc(ALLOC_ZERO)))
		return -E_NO_MEM;
	if ((r = page_insert(e->env_pgdir, pp, va, perm)) < 0)
		page_free(pp);
	return r;
}

// Map the page at srcva of one environment at dstva of another as well.
// Returns 0; -E_BAD_ENV; -E_INVAL: as page_to_share, or bad dstva; -E_NO_MEM.
static int
sys_page_map(envid_t srcid, void *srcva, envid_t dstid, void *dstva, int perm)
{
	struct Env *src, *dst;
	struct PageInfo *pp;
	int r;

	if ((r = envid2env(srcid, &src, true)) < 0
	    || (r = envid2env(dstid, &dst, true)) < 0)
		return r;
	if (!user_page(dstva) || !(pp = page_to_share(src, srcva, perm)))
		return -E_INVAL;
	return page_insert(dst->env_pgdir, pp, dstva, perm);
}

// Returns 0, also if there was nothing; -E_BAD_ENV; -E_INVAL: bad va.
static int
sys_page_unmap(envid_t envid, void *va)
{
	struct Env *e;
	int r;

	if ((r = envid2env(envid, &e, true)) < 0)
		return r;
	if (!user_page(va))
		return -E_INVAL;
	page_remove(e->env_pgdir, va);
	return 0;
}

// --------------------------------------------------------------------- IPC
// kern/ipc.c has the calls besides these two.

// Send value, and the page at srcva if that is below UTOP and the receiver
// wants one.  Any environment may send to any other that is receiving; its
// sys_ipc_recv then returns 0.
// Returns 0; -E_BAD_ENV; -E_IPC_NOT_RECV; -E_INVAL: as page_to_share;
// -E_NO_MEM: no page table for the receiver, who goes on waiting.
static inline int
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

// Sleep until a message comes; if it brings a page, map it at dstva, unless
// that is UTOP or more.  Returns 0, or -E_INVAL: dstva is not a page's start.
static inline int
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

// sys_ipc_try_send, unless the receiver accepts messages of another only; the
// receiver may reply then, and runs soon.
static int
ipc_try_send(envid_t envid, uint32_t value, void *srcva, int perm)
{
	struct Env *me = curenv;
	int r;

	if (!ipc_accepts(envid, me->env_id) && env_of(envid, false))
		return -E_IPC_NOT_RECV;
	if ((r = sys_ipc_try_send(envid, value, srcva, perm)) == 0) {
		ipc_sent(me, envid);
		sched_wake_receiver(&envs[ENVX(envid)]);
	}
	return r;
}

// ----------------------------------------------------------------- machine

// For the file server: sleep until the disk interrupts; kern/irqwait.h says
// more.  Returns 1; 0 if no interrupt came for a tenth of a second, or by
// chance; -E_INVAL: not the disk's line, no such port, or not the file server.
static int
sys_irq_wait(int irq, int stop_port)
{
	if (curenv->env_type != ENV_TYPE_FS || irq != IRQ_IDE
	    || stop_port < 0 || stop_port > 0xFFFF)
		return -E_INVAL;
	return irq_wait(curenv, stop_port);
}

// Switch the machine off, as its status says.  Returns -E_INVAL if the magic
// number is not there, or the status not one that QEMU can pass on.
static int
sys_poweroff(uint32_t magic, int status)
{
	if (magic != POWEROFF_MAGIC || status < 0 || status > 127)
		return -E_INVAL;
	if (debug_asked)
		audit(true);
	poweroff(status);
}

// ---------------------------------------------------------------- dispatch

// Calls that the labs do not have
ALWAYS_INLINE int32_t
call_beyond_labs(uint32_t syscallno, uint32_t a1, uint32_t a2, uint32_t a3,
	uint32_t a4, uint32_t a5)
{
	switch (syscallno) {
	case SYS_cons_wait:
		return sys_cons_wait();
	case SYS_cons_line:
		return sys_cons_line();
	case SYS_cons_foreground:
		return sys_cons_foreground(a1);
	case SYS_env_wait:
		return sys_env_wait(a1);
	case SYS_poweroff:
		return sys_poweroff(a1, a2);
	case SYS_ipc_recv_from:
		return sys_ipc_recv_from((void *) a1, a2);
	case SYS_ipc_reply:
		return sys_ipc_reply(a1, a2, (void *) a3, a4);
	case SYS_page_held:
		return sys_page_held(a1, (void *) a2, (void *) a3);
	case SYS_debug:
		return sys_debug(a1, a2);
	case SYS_ipc_send:
		return sys_ipc_send(a1, a2, (void *) a3, a4);
	case SYS_irq_wait:
		return sys_irq_wait(a1, a2);
	case SYS_page_map_list:
		return sys_page_map_list(a1, (const struct PageRun *) a2, a3);
	case SYS_page_wait:
		return sys_page_wait((const uint32_t *) a1, a2, a3);
	case SYS_page_wake:
		return sys_page_wake((void *) a1);
	case SYS_page_copy:
		return sys_page_copy((void *) a1, a2, (void *) a3, a4);
	case SYS_ipc_call:
		return sys_ipc_call(a1, a2, (void *) a3, (void *) a4, a5);
	case SYS_ipc_reply_recv:
		return sys_ipc_reply_recv(a1, a2, (void *) a3, (void *) a4,
			a5);
	default:
		return -E_INVAL;
	}
}

int32_t
syscall(uint32_t syscallno, uint32_t a1, uint32_t a2, uint32_t a3,
	uint32_t a4, uint32_t a5)
{
	switch (syscallno) {
	case SYS_cputs:
		if (a2 > CPUTS_WHOLE)
			return cputs_long((const char *) a1, a2);
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
		return exofork();
	case SYS_env_set_status:
		return sys_env_set_status(a1, a2);
	case SYS_env_set_trapframe:
		return sys_env_set_trapframe(a1, (struct Trapframe *) a2);
	case SYS_env_set_pgfault_upcall:
		return sys_env_set_pgfault_upcall(a1, (void *) a2);
	case SYS_yield:
		return sys_yield();
	case SYS_ipc_try_send:
		return ipc_try_send(a1, a2, (void *) a3, a4);
	case SYS_ipc_recv:
		return ipc_take(curenv, (void *) a1) ? 0
			: sys_ipc_recv((void *) a1);
	default:
		return call_beyond_labs(syscallno, a1, a2, a3, a4, a5);
	}
}
