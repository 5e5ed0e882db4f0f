extern struct Env *curenv;		// what is running, or NULL
