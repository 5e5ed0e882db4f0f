// kern/env.h - environments, from creation to end (kern/env.c).

#ifndef JOS_KERN_ENV_H
#define JOS_KERN_ENV_H

#include <inc/env.h>
#include <inc/error.h>
#include <kern/cpu.h>

extern struct Env *envs;		// all NENV of them
extern struct Env *env_free_list;	// the free ones, through env_link
#define curenv (thiscpu->cpu_env)	// what this CPU is running, or NULL
extern struct Segdesc gdt[];

// Has the file server ended, so that firstenv_tick is to start a new one; and
// had it served a request?
extern enum ServerEnd {
	SERVER_RUNS, SERVER_FAILED, SERVER_SERVED
} server_end;

void env_init(void);
void env_init_percpu(void);
int env_alloc(struct Env **store, envid_t parent_id);
void env_create(uint8_t *binary, enum EnvType type);
void env_free(struct Env *e);
void env_reaped(struct Env *e);		// reap_some has freed all its pages
void env_destroy(struct Env *e);	// may not return if e is curenv

// Is e not asleep, and has its parent ended?
bool env_is_forgotten(const struct Env *e);

// Can e never run again, because only its parent could start it, and the parent
// has ended?
ALWAYS_INLINE bool
env_is_abandoned(const struct Env *e)
{
	return e->env_status == ENV_NOT_RUNNABLE && !e->env_ipc_recving
		&& env_is_forgotten(e);
}

// The slots of envs[] that were ever in use end at env_end().  They are the
// first ones, as env_init puts the slots on the free list in order; and env_id
// stays when an environment ends.
extern uint32_t env_slots_used;
ALWAYS_INLINE struct Env *
env_end(void)
{
	while (env_slots_used < NENV && envs[env_slots_used].env_id != 0)
		env_slots_used++;
	return envs + env_slots_used;
}

void env_set_status(struct Env *e, int status);
void env_set_tf(struct Env *e, const struct Trapframe *tf);

// Returns the environment with id envid, which is not 0; NULL if there is none,
// or if it was destroyed and is still being freed.
static inline struct Env *
env_by_id(envid_t envid)
{
	struct Env *e = &envs[ENVX(envid)];

	if (e->env_status == ENV_FREE || e->env_status == ENV_DYING)
		return NULL;
	if (e->env_id != envid)
		return NULL;
	return e;
}

// Returns env_by_id(envid) if that is curenv or a child of curenv; else NULL.
struct Env *env_own(envid_t envid);

// Returns the environment that curenv means by envid, 0 being curenv; NULL if
// there is none, or checkperm is set and it is neither curenv nor its child.
static inline struct Env *
env_of(envid_t envid, bool checkperm)
{
	if (envid == 0)
		return curenv;
	return checkperm ? env_own(envid) : env_by_id(envid);
}

// Store env_of(envid, checkperm).  Returns 0, or -E_BAD_ENV if that is NULL.
static inline int
envid2env(envid_t envid, struct Env **store, bool checkperm)
{
	*store = env_of(envid, checkperm);
	return *store ? 0 : -E_BAD_ENV;
}

void env_run(struct Env *e) __attribute__((noreturn));
void env_pop_tf(struct Trapframe *tf) __attribute__((noreturn));

// Create an environment that runs a program linked into the kernel:
// ENV_CREATE(user_hello, ENV_TYPE_USER).
#define ENV_CREATE(name, type) do {					\
	extern uint8_t ENV_PASTE3(_binary_obj_, name, _start)[];	\
	env_create(ENV_PASTE3(_binary_obj_, name, _start), type);	\
} while (0)
#define ENV_PASTE3(a, b, c) a ## b ## c

#endif // JOS_KERN_ENV_H
