// ext/monitor/step.c - single steps of the program that stopped in the monitor.
//
// The processor traps after an instruction that began with FL_TF set: step sets
// that flag in the registers saved for the program, never in the kernel's own,
// leaves the monitor, and comes back by T_DEBUG.  The program may have moved to
// another CPU meanwhile, and other programs run all the time.
//
// Two instructions need more.  int $T_SYSCALL would trap only after the
// instruction that follows it, so step makes the call itself.  pushf would show
// the flag to the program.
//
// Entry points: mon_step, step_trap.

#include <inc/memlayout.h>
#include <inc/mmu.h>
#include <inc/stdio.h>
#include <inc/string.h>
#include <inc/syscall.h>
#include <inc/trap.h>

#include <ext/monitor/commands.h>
#include <kern/env.h>
#include <kern/kdebug.h>
#include <kern/pmap.h>
#include <kern/syscall.h>
#include <kern/trap.h>

#define PUSHF		0x9C
#define INT		0xCD

#define MAXSTEPS	1000000		// nobody would read more

// For each environment: how many instructions it has still to execute before it
// stops, and where the present one is, if that is a pushf.
static struct Step {
	envid_t env;
	uint32_t left;
	uintptr_t pushf;
} steps[NENV];
static bool used;

static struct Step *
step_of(const struct Env *e)
{
	struct Step *s = &steps[ENVX(e->env_id)];

	if (s->env != e->env_id)
		*s = (struct Step) { .env = e->env_id };
	return s;
}

// Where the program is now, and eax, which has the result of a call
static void
print_step(const struct Trapframe *tf)
{
	struct Eipdebuginfo info;

	debuginfo_eip(tf->tf_eip, &info);
	cprintf("%08x %s:%d: %.*s+%d  eax %08x\n", tf->tf_eip, info.eip_file,
		info.eip_line, info.eip_fn_namelen, info.eip_fn_name,
		tf->tf_eip - info.eip_fn_addr, tf->tf_regs.reg_eax);
}

// Do the n bytes at the program's eip begin like this?
static bool
is_at(const struct Trapframe *tf, const uint8_t *code, size_t n)
{
	const void *eip = (const void *) tf->tf_eip;

	return user_mem_check(curenv, eip, n, PTE_U) == 0
		&& memcmp(eip, code, n) == 0;
}

// Make the system call that the program is about to make.  Returns true if it
// is done; false if curenv waits, and will trap soon after that; or not at all,
// if another environment runs.
static bool
make_call(struct Trapframe *tf)
{
	struct PushRegs *r = &tf->tf_regs;

	tf->tf_trapno = T_SYSCALL;
	tf->tf_eip += SYSCALL_SIZE;
	// sys_exofork never waits, and would give the flag to the child.
	if (r->reg_eax != SYS_exofork)
		tf->tf_eflags |= FL_TF;
	r->reg_eax = syscall(r->reg_eax, r->reg_edx, r->reg_ecx, r->reg_ebx,
		r->reg_edi, r->reg_esi);
	if (curenv->env_status != ENV_RUNNING)
		return false;
	tf->tf_eflags &= ~FL_TF;
	return true;
}

// Returns whether the program has executed the next instruction; if not, it
// will when it runs.
static bool
step_once(struct Trapframe *tf, struct Step *s)
{
	static const uint8_t call[] = { INT, T_SYSCALL }, pushf[] = { PUSHF };

	if (is_at(tf, call, sizeof(call)))
		return make_call(tf);
	s->pushf = is_at(tf, pushf, sizeof(pushf)) ? tf->tf_eip : 0;
	tf->tf_eflags |= FL_TF;
	return false;
}

// Returns whether the program has executed all the instructions that it had to.
static bool
steps_are_done(struct Trapframe *tf, struct Step *s)
{
	while (s->left > 0) {
		if (!step_once(tf, s))
			return false;
		s->left--;
		print_step(tf);
	}
	return true;
}

int
mon_step(int argc, char **argv, struct Trapframe *tf)
{
	uint32_t n = 1;

	if (!tf || !from_user(tf) || !curenv || tf != &curenv->env_tf) {
		cprintf("step: no program has stopped here\n");
		return 0;
	}
	if (argc > 1 && !read_address(argv[1], &n))
		return 0;
	if (argc > 2 || n == 0 || n > MAXSTEPS) {
		cprintf("usage: %s [N], N up to %d\n", argv[0], MAXSTEPS);
		return 0;
	}

	struct Step *s = step_of(curenv);

	used = true;
	s->left = n;
	return steps_are_done(tf, s) ? 0 : -1;
}

// Clear the flag in the word that a pushf has just pushed.
static void
hide_flag(const struct Trapframe *tf, const struct Step *s)
{
	uint32_t *word = (uint32_t *) tf->tf_esp;

	if (s->pushf != 0 && tf->tf_eip == s->pushf + 1
	    && user_mem_check(curenv, word, sizeof(*word), PTE_U | PTE_W) == 0)
		*word &= ~FL_TF;
}

// The flag may come back to a program that is not stepped: a page fault's
// UTrapframe keeps it, for one.  Then the trap is nothing.
bool
step_trap(struct Trapframe *tf)
{
	if (tf->tf_trapno != T_DEBUG || !used)
		return false;

	struct Step *s = step_of(curenv);

	tf->tf_eflags &= ~FL_TF;
	if (s->left == 0)
		return true;
	user_memory_open();
	hide_flag(tf, s);
	s->left--;
	print_step(tf);
	if (steps_are_done(tf, s))
		monitor(tf);
	return true;
}
