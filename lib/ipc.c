// lib/ipc.c - messages between environments: a number, and perhaps a page.
//
// Entry points: ipc_recv, ipc_send, ipc_find_env; more of them are in
// lib/calls.c.

#include <inc/lib.h>

// Wait for a message and return its number.  A page that comes with it is
// mapped at pg, unless pg is NULL; *perm_store says with which permissions,
// 0 if none came.  *from_store says who sent it.  Either may be NULL.
// On an error both are 0, and the error is returned.
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

// Send a number, and the page at pg unless pg is NULL, as soon as the other
// side is ready to receive.  Panics if that cannot be.
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

// The id of a living environment of this type; 0 if there is none.
envid_t
ipc_find_env(enum EnvType type)
{
	for (const volatile struct Env *e = envs; e < envs + NENV; e++)
		if (e->env_type == type && e->env_status != ENV_FREE
		    && e->env_status != ENV_DYING)
			return e->env_id;
	return 0;
}
