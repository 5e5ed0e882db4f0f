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
// The index says which slot of envs[].  The generation changes each time the
// slot is used again, so that an old id does not name the new environment.
// Ids are positive: 0 means "the caller", negative values are errors.

#define LOG2NENV	10
#define NENV		(1 << LOG2NENV)
#define ENVX(envid)	((envid) & (NENV - 1))

enum {
	ENV_FREE = 0,			// slot not in use
	ENV_DYING,			// destroyed, but a CPU still runs it
	ENV_RUNNABLE,			// waits for a CPU
	ENV_RUNNING,			// runs on CPU env_cpunum
	ENV_NOT_RUNNABLE		// waits for another event
};

enum EnvType {
	ENV_TYPE_USER = 0,
	ENV_TYPE_FS			// the file server
};

// The labs give the order of the fields.  The kernel lock guards them all.
struct Env {
	// The saved registers, while the environment does not run
	struct Trapframe env_tf;

	// Next on the free list
	struct Env *env_link;

	// Set by env_alloc
	envid_t env_id;
	envid_t env_parent_id;
	enum EnvType env_type;

	// Changed by the scheduler
	unsigned env_status;
	uint32_t env_runs;		// how often it has been started
	int env_cpunum;			// the CPU that ran it last

	// Address space
	pde_t *env_pgdir;

	// Entry point for its page faults; 0: a fault ends the environment
	void *env_pgfault_upcall;

	// Mailbox: the sender writes it while env_ipc_recving is set
	bool env_ipc_recving;		// waits in sys_ipc_recv
	void *env_ipc_dstva;		// where to map a page; UTOP and above:
					// it accepts none
	uint32_t env_ipc_value;
	envid_t env_ipc_from;
	int env_ipc_perm;		// of the page received; 0: none
};

_Static_assert(sizeof(struct Env) == 124, "programs read this at UENVS");

#endif // JOS_INC_ENV_H
