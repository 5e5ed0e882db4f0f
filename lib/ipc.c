// lib/ipc.c - messages between environments: a number, and perhaps a page.
//
// Entry points: ipc_send, ipc_send_in_turn, ipc_recv, ipc_recv_from, ipc_call,
// ipc_find_env.

#include <inc/lib.h>

// What to give the kernel for "no page".
#define NO_PAGE		((void *) UTOP)

// Wait for a message and return its number.  A page that comes with it is
// mapped at pg, unless pg is NULL; *perm_store says with which permissions,
// 0 if none came.  *from_store says who sent it.  Either may be NULL.
// On an error both are 0, and the error is returned.
int32_t
ipc_recv(envid_t *from_store, void *pg, int *perm_store)
{
	int r = sys_ipc_recv(pg != NULL ? pg : NO_PAGE);

	if (from_store != NULL)
		*from_store = r < 0 ? 0 : thisenv->env_ipc_from;
	if (perm_store != NULL)
		*perm_store = r < 0 ? 0 : thisenv->env_ipc_perm;
	return r < 0 ? r : (int32_t) thisenv->env_ipc_value;
}

// Wait for a message of that environment, and of no other, and return its
// number; a page that comes with it is mapped at pg, unless pg is NULL.
// Returns -E_BAD_ENV if there is no such environment, or if it ends.
int32_t
ipc_recv_from(envid_t from, void *pg)
{
	void *page = pg != NULL ? pg : NO_PAGE;
	int r;

	do {
		r = sys_ipc_recv_from(page, from);
		if (r == -E_INVAL)	// the kernel may not have this call
			r = sys_ipc_recv(page);
	} while (r == 0 && thisenv->env_ipc_from != from);
	return r < 0 ? r : (int32_t) thisenv->env_ipc_value;
}

// Send a number, and the page at pg unless pg is NULL, as soon as the other
// side is ready to receive; before those who begin to send later.
// Returns 0 or an error of sys_ipc_send.
int
ipc_send_in_turn(envid_t to, uint32_t value, void *pg, int perm)
{
	void *page = pg != NULL ? pg : NO_PAGE;
	int r;

	do {
		r = sys_ipc_send(to, value, page, perm);
	} while (r == -E_IPC_NOT_RECV);		// our parent woke us
	if (r != -E_INVAL)
		return r;

	// The kernel may not have this call: ask again and again.
	while ((r = sys_ipc_try_send(to, value, page, perm)) == -E_IPC_NOT_RECV)
		sys_yield();
	return r;
}

// The same; panics if that cannot be.
void
ipc_send(envid_t to, uint32_t value, void *pg, int perm)
{
	int r = ipc_send_in_turn(to, value, pg, perm);

	if (r < 0)
		panic("ipc_send to %08x: %e", to, r);
}

// Send that environment a request, as ipc_send_in_turn does, and return its
// answer, as ipc_recv_from does; a page that comes with the answer is mapped at
// dstpg, unless dstpg is NULL.
int32_t
ipc_call(envid_t to, uint32_t value, void *pg, int perm, void *dstpg)
{
	void *page = pg != NULL ? pg : NO_PAGE;
	void *dst = dstpg != NULL ? dstpg : NO_PAGE;
	int r;

	do {
		r = sys_ipc_call(to, value, page, dst, perm);
	} while (r == -E_IPC_NOT_RECV);		// our parent woke us
	if (r == 0 && thisenv->env_ipc_from == to)
		return thisenv->env_ipc_value;

	// The kernel may not have this call; or it has sent the request, and
	// then our parent woke us.
	if (r == -E_INVAL)
		r = ipc_send_in_turn(to, value, pg, perm);
	return r < 0 ? r : ipc_recv_from(to, dstpg);
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
