// inc/env.h - an environment: the kernel's notion of a running program.
//
// Programs read the table of all environments, envs[], at UENVS.

#ifndef JOS_INC_ENV_H
#define JOS_INC_ENV_H

#include <inc/memlayout.h>
#include <inc/trap.h>
#include <inc/types.h>

typedef int32_t envid_t;

// An environment id:
//
//	31 30                         10 9           0
//	| 0 | generation (uniqueness)   | index       |
//	                                  ENVX(id)
//
// The index says which slot of envs[]; the rest changes each time the slot
// is used again, so that an old id does not name the new environment.  Ids
// are positive: 0 means "the caller", negative values are errors.

#define LOG2NENV	10
#define NENV		(1 << LOG2NENV)
#define ENVX(envid)	((envid) & (NENV - 1))

enum {
	ENV_FREE = 0,			// slot not in use
	ENV_DYING,			// destroyed, but on some CPU still
	ENV_RUNNABLE,			// waits for a CPU
	ENV_RUNNING,			// is on CPU env_cpunum
	ENV_NOT_RUNNABLE		// waits for something else
};

enum EnvType {
	ENV_TYPE_USER = 0,
	ENV_TYPE_FS			// the file server
};

// The order of the fields is the labs'.  All are under the kernel lock.
struct Env {
	// Registers while it does not run; a trap copies them in
	struct Trapframe env_tf;

	// Next on the free list
	struct Env *env_link;

	// Set by env_alloc
	envid_t env_id;
	envid_t env_parent_id;
	enum EnvType env_type;

	// Changed by the scheduler
	unsigned env_status;
	uint32_t env_runs;		// how often it was given a CPU
	int env_cpunum;			// which CPU it was on last

	// Address space
	pde_t *env_pgdir;

	// Called on its own page faults; 0: they end it
	void *env_pgfault_upcall;

	// Mailbox: the sender writes it while env_ipc_recving is set
	bool env_ipc_recving;		// waits in sys_ipc_recv
	void *env_ipc_dstva;		// where it wants a page, UTOP or more: not
	uint32_t env_ipc_value;
	envid_t env_ipc_from;
	int env_ipc_perm;		// of the page that came; 0: none came
};

_Static_assert(sizeof(struct Env) == 124, "programs read this at UENVS");

#endif // JOS_INC_ENV_H
