enum {
	ENV_FREE = 0,			// slot not in use
	ENV_DYING,
	ENV_RUNNABLE,			// may run
	ENV_RUNNING,			// runs
	ENV_NOT_RUNNABLE
};

struct Env {
	struct Trapframe env_tf;	// the saved registers, while the
					// environment does not run
	struct Env *env_link;		// next on the free list
	envid_t env_id;
	envid_t env_parent_id;
	enum EnvType env_type;
	unsigned env_status;		// ENV_
	uint32_t env_runs;		// how often it has been started
	pde_t *env_pgdir;		// its address space
};
