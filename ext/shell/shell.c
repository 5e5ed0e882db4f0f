// ext/shell/shell.c - what the shell jsh and its tools need of the kernel.
//
// SYS_exit_status	the status with which the caller is about to end
// SYS_status_of	with which status did an environment end?  Or
//			-E_NOT_FOUND, if it said none
// SYS_env_kill		end an environment and all that descend from it; not the
//			file server
// SYS_env_name		the name of an environment's program
//
// Without opt/jos/run, lab 5 starts jshinit in place of icode.
//
// Under the kernel lock, as all system calls.

#include <inc/env.h>
#include <inc/error.h>
#include <inc/string.h>

#include <ext/calls.h>
#include <kern/cpu.h>
#include <kern/env.h>
#include <kern/ext.h>
#include <kern/lab.h>
#include <kern/pmap.h>
#include <kern/usermem.h>

#define FAULTED		128		// as in ext/shell/status.h
#define KILLED		(FAULTED + 127)
#define STATUS_MASK	0xFF

// The last environments that ended with a status; a ring, since a slot of envs[]
// may be in use again before somebody asks.
static struct {
	envid_t env;
	int status;
} ended[NENV];
static uint32_t next;

static int *
find_status(envid_t env)
{
	for (int i = 0; i < NENV; i++)
		if (ended[i].env == env)
			return &ended[i].status;
	return NULL;
}

static void
note_status(envid_t env, int status)
{
	int *noted = find_status(env);

	if (!noted) {
		ended[next % NENV].env = env;
		noted = &ended[next++ % NENV].status;
	}
	*noted = status & STATUS_MASK;
}

static int
status_of(envid_t env)
{
	const int *noted = find_status(env);

	return noted ? *noted : -E_NOT_FOUND;
}

// The program goes on to its end.
static bool
note_trap(struct Trapframe *tf)
{
	note_status(curenv->env_id, FAULTED + tf->tf_trapno);
	return false;
}

// The environment of that id, or NULL
static struct Env *
env_of_id(envid_t id)
{
	struct Env *e = &envs[ENVX(id)];

	return id > 0 && e->env_id == id && e->env_status != ENV_FREE
		&& e->env_status != ENV_DYING ? e : NULL;
}

static bool
is_descendant(const struct Env *e, envid_t id)
{
	while (e && e->env_id != id)
		e = env_of_id(e->env_parent_id);
	return e != NULL;
}

// Note who is to end before the first one does, for then its children have no
// parent any more; and let the caller end last.  A child that its parent has not
// started yet ends with its parent.
static int
env_kill(envid_t id)
{
	static envid_t victims[NENV];
	struct Env *e = env_of_id(id);
	const bool caller_too = is_descendant(curenv, id);
	int n = 0;

	if (!e || e->env_type == ENV_TYPE_FS)
		return -E_BAD_ENV;
	for (e = envs; e < envs + NENV; e++)
		if (e != curenv && env_of_id(e->env_id)
		    && is_descendant(e, id))
			victims[n++] = e->env_id;
	if (caller_too)
		victims[n++] = curenv->env_id;
	for (int i = 0; i < n; i++)
		note_status(victims[i], KILLED);
	for (int i = 0; i < n; i++)
		if ((e = env_of_id(victims[i])))
			env_destroy(e);
	return 0;
}

// The arguments of a program are in its topmost stack page, as lib/spawn.c draws
// them: argc, a pointer to the next word, and there argv[0].  Returns where
// argv[0] is in the page, or 0.  The strings are above, and are no such pointer
// unless somebody wants to deceive; then the name is wrong.
static uint32_t
find_argv0(const uint32_t *page)
{
	const uintptr_t start = USTACKTOP - PGSIZE;
	const int nwords = PGSIZE / sizeof(*page);

	for (int i = nwords - 2; i > 0; i--)
		if (page[i] == start + (i + 1) * sizeof(*page)
		    && page[i - 1] > 0 && page[i + 1] > page[i]
		    && page[i + 1] < USTACKTOP)
			return page[i + 1] - start;
	return 0;
}

// Write the name of id's program to buf, at most size bytes with the NUL.
// Returns -E_NOT_FOUND if it got no arguments.
static int
env_name(envid_t id, char *buf, size_t size)
{
	struct Env *e = env_of_id(id);
	struct PageInfo *pp = e ? page_lookup(e->env_pgdir,
		(void *) (USTACKTOP - PGSIZE), NULL) : NULL;
	const uint32_t at = pp ? find_argv0(page2kva(pp)) : 0;

	if (!e || size == 0)
		return -E_INVAL;
	user_mem_assert(curenv, buf, size, PTE_U | PTE_W);
	if (at == 0)
		return -E_NOT_FOUND;
	strlcpy(buf, (char *) page2kva(pp) + at, MIN(size, PGSIZE - at));
	return 0;
}

static bool
call(uint32_t number, uint32_t a1, uint32_t a2, uint32_t a3, uint32_t a4,
	uint32_t a5, int32_t *result)
{
	(void) a4;
	(void) a5;
	switch (number) {
	case SYS_exit_status:
		note_status(curenv->env_id, a1);
		*result = 0;
		return true;
	case SYS_status_of:
		*result = status_of(a1);
		return true;
	case SYS_env_kill:
		*result = env_kill(a1);
		return true;
	case SYS_env_name:
		*result = env_name(a1, (char *) a2, a3);
		return true;
	default:
		return false;
	}
}

// What runs if nobody names a program
static void
start_jsh(void)
{
	static struct Lab ours;

	if (!lab->fs)
		return;
	ours = *lab;
	ours.program = "user_jshinit";
	lab = &ours;
}

EXTENSION(shell, .ready = start_jsh, .syscall = call, .trap = note_trap);
