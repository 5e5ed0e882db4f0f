// lib/ipc.c - messages between environments: a number, and perhaps a page.
//
// Entry points: ipc_recv, ipc_send, ipc_find_env.  lib/calls.c has more
// functions for messages.

#include <inc/lib.h>

// Wait for a message and return its number.  A page that comes with it is
// mapped at pg, unless pg is NULL.  Stores the sender's id in *from_store, and
// the page's permissions, or 0 without a page, in *perm_store; either may be
// NULL.  On an error, stores 0 in both and returns the error.
int32_t
ipc_recv(envid_t *from_store, void *pg, int *perm_store)
{
	int r = sys_ipc_recv(pg != NULL ? pg : (void *) UTOP);

	if (from_store != NULL)
		*from_store = r < 0 ? 0 : thisenv->env_ipc_from;
	if (perm_store != NULL)
		*perm_store = r < 0 ? 0 : thisenv->env_ipc_perm;
	return r < 0 ? r : (int32_t) thisenv->env_ipc_value;
}

// Send a number, and the page at pg unless pg is NULL, as soon as the target
// is waiting in sys_ipc_recv.  Panics on any other error.
void
ipc_send(envid_t to, uint32_t value, void *pg, int perm)
{
	void *page = pg != NULL ? pg : (void *) UTOP;
	int r;

	while ((r = sys_ipc_try_send(to, value, page, perm)) == -E_IPC_NOT_RECV)
		sys_yield();
	if (r < 0)
		panic("ipc_send to %08x: %e", to, r);
}

// The id of an environment of this type that has not ended; 0 if there is none.
envid_t
ipc_find_env(enum EnvType type)
{
	for (const volatile struct Env *e = envs; e < envs + NENV; e++)
		if (e->env_type == type && e->env_status != ENV_FREE
		    && e->env_status != ENV_DYING)
			return e->env_id;
	return 0;
}
