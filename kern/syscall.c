// kern/syscall.c - what programs may ask of the kernel.
//
// A function named after each call carries it out.  It checks all arguments
// before it changes anything.  If it puts curenv to sleep, it returns with
// curenv no longer ENV_RUNNING, and trap() runs another environment; the value
// returned is the result of the call if a spurious wakeup ends the sleep.
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
#include <kern/ext.h>
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

// Print the len bytes at s.  If curenv may not read all of them, print none and
// end curenv.
static void
sys_cputs(const char *s, size_t len)
{
	user_mem_assert(curenv, s, len, PTE_U);
	cons_write(s, len);
}

// A text of up to CPUTS_WHOLE bytes is printed at once.  A longer one is
// printed in slices (kern/longcall.c) of at most CPUTS_CHUNK bytes and
// CPUTS_LINES newlines, as scrolling the screen costs as much as a hundred
// bytes.
#define CPUTS_WHOLE	128
#define CPUTS_CHUNK	1024
#define CPUTS_LINES	64

// How many bytes of the text each slice checks that curenv may read
#define CPUTS_AHEAD	(1024 * 1024)

// How many bytes of the len at s are in the next slice?
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

// sys_cputs for a text longer than CPUTS_WHOLE, one slice at a time
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

// Returns the next character of console input, or 0 if there is none yet.
static int
sys_cgetc(void)
{
	boot_mark(BOOT_PROMPT);
	return tty_getkey();
}

// Returns the next character of a line of input that was edited and ended
// (canonical mode); 0 if there is none yet; -E_EOF: the line is only ^D.
static int
sys_cons_line(void)
{
	return tty_getline();
}

// Sleep until there is console input.  Returns 0, perhaps before there is any.
static int
sys_cons_wait(void)
{
	if (!cons_has_input() && cons_interrupts())
		sleep_on(curenv, &console_input);
	return 0;
}

// Make curenv, and the environments that it starts from now on, the foreground
// job, which ^C ends.  If on is 0, there is none, and ^C is input.
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

// End curenv or a child of curenv; when the call returns to the program, the
// child has ended.  Returns 0 or -E_BAD_ENV.
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

// Let another environment run.
static int
sys_yield(void)
{
	// sched_yield does not return: store the result of the call here.
	curenv->env_tf.tf_regs.reg_eax = 0;
	sched_yield();
}

// Create a child with the registers of curenv and an empty address space, and
// leave it ENV_NOT_RUNNABLE.  In the child, the call returns 0.
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

// sys_exofork, and what the labs do not have: the child inherits its parent's
// floating-point registers and place in the foreground job, but not its I/O
// privilege.
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

// Start or stop an environment, and end its sleep, if it sleeps on an object
// (env_set_status).
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
	env_set_status(e, status);
	return 0;
}

// The flags that sys_env_set_trapframe takes from a program
#define FL_USER	(FL_CF | FL_PF | FL_AF | FL_ZF | FL_SF | FL_TF | FL_DF	\
		| FL_OF | FL_AC | FL_ID)

// Replace the registers of an environment.  Whatever tf holds, the environment
// stays in user mode, keeps its interrupt flag and has no I/O privilege.  If it
// is running on another CPU, the trap that brings it into the kernel is not
// handled (env_set_tf).
// Returns 0 or -E_BAD_ENV; ends curenv if it may not read tf.
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

// Set the function that an environment's page faults call; with 0, they end the
// environment.  Returns 0 or -E_BAD_ENV.
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

// Sleep until the environment envid, which may be anybody's, has ended.
// Returns 0, perhaps before it has; -E_BAD_ENV: it had ended already; -E_INVAL:
// it is curenv.
static int
sys_env_wait(envid_t envid)
{
	struct Env *e = &envs[ENVX(envid)];
	int r;

	// envid2env does not find an environment that is still being freed.
	bool dying = e->env_id == envid && e->env_status == ENV_DYING;
	if (!dying && (r = envid2env(envid, &e, false)) < 0)
		return r;
	if (e == curenv)
		return -E_INVAL;
	sleep_on(curenv, e);
	return 0;
}

// ------------------------------------------------------------------- pages
// kern/pagecall.c has the calls about pages that the labs do not have.

// Map a new page of zeros at va, in place of a page that is mapped there.  A va
// is bad unless it is the start of a page below UTOP.  A perm is bad unless it
// has PTE_U and PTE_P, and nothing but what is in PTE_SYSCALL.
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

// Map the page at srcva of environment srcid at dstva of dstid, too.
// Returns 0; -E_BAD_ENV; -E_INVAL: srcva, dstva or perm is bad, as in
// sys_page_alloc, no page is there, or perm has PTE_W although the page is
// read-only there; -E_NO_MEM.
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

// Unmap the page at va, if there is one.
// Returns 0; -E_BAD_ENV; -E_INVAL: va is bad, as in sys_page_alloc.
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
// kern/ipc.c has the calls about messages that the labs do not have.

// Send value, and the page at srcva if srcva is below UTOP and the receiver
// accepts a page.  Any environment may send to any other that is receiving; the
// receiver's sys_ipc_recv then returns 0.
// Returns 0; -E_BAD_ENV; -E_IPC_NOT_RECV: the target does not receive;
// -E_INVAL: srcva is below UTOP, and is not the start of a page, or no page is
// there, or perm is bad (see sys_page_alloc), or has PTE_W although the page is
// read-only here;
// -E_NO_MEM: no page table for the receiver, which goes on waiting.
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

// Sleep until a message comes.  A page that comes with the message is mapped at
// dstva; if dstva is UTOP or above, only the value is taken.
// Returns 0, or -E_INVAL: dstva is below UTOP and not the start of a page.
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

// sys_ipc_try_send, and what the labs do not have: the receiver may accept
// messages of one environment only, may reply to this one, and runs soon.
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

// For the file server: sleep until the disk interrupts (kern/irqwait.h).
// Returns 1; 0 after a timeout of a tenth of a second or a spurious wakeup;
// -E_INVAL: irq is not the disk's, stop_port is no port, or curenv is not the
// file server.
static int
sys_irq_wait(int irq, int stop_port)
{
	if (curenv->env_type != ENV_TYPE_FS || irq != IRQ_IDE
	    || stop_port < 0 || stop_port > 0xFFFF)
		return -E_INVAL;
	return irq_wait(curenv, stop_port);
}

// Switch the machine off, and pass status to QEMU.  Returns -E_INVAL if magic
// is wrong or status is not in 0 to 127.
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
		return ext_syscall(syscallno, a1, a2, a3, a4, a5);
	}
}

// Carry out the system call with this number.  Returns its result; -E_INVAL if
// there is no such call.
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
	case SYS_yield:
		return sys_yield();
	case SYS_env_set_trapframe:
		return sys_env_set_trapframe(a1, (struct Trapframe *) a2);
	case SYS_env_set_pgfault_upcall:
		return sys_env_set_pgfault_upcall(a1, (void *) a2);
	case SYS_ipc_try_send:
		return ipc_try_send(a1, a2, (void *) a3, a4);
	case SYS_ipc_recv:
		return ipc_take(curenv, (void *) a1) ? 0
			: sys_ipc_recv((void *) a1);
	default:
		return call_beyond_labs(syscallno, a1, a2, a3, a4, a5);
	}
}
