
// Store the environment that curenv means by envid, 0 being curenv.  Returns 0,
// or -E_BAD_ENV if there is none, or if checkperm is set and it is neither
// curenv nor a child of curenv.
int envid2env(envid_t envid, struct Env **store, bool checkperm);
