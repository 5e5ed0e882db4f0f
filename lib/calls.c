// lib/calls.c - services that a kernel may offer by calls of its own, and that
// are otherwise made of the labs' calls.
//
// Any call that is not one of the labs' (inc/syscall.h) may be missing: a
// syscall() written by a student returns -E_INVAL for it.  In lab 4, programs
// make no call that replaces calls written there (PTE_REPLACEMENTS), so that a
// trace of a program shows the lab's calls alone.  The functions below then use
// the labs' calls.  No other file has to know what the kernel has.
//
// Entry points:
//   page_copy			map a copy of a page
//   map_runs			map many pages
//   page_wait			sleep until a word in a shared page changes
//   page_held			does an environment map a certain page?
//   ipc_send_queued		send, first come, first served
//   ipc_recv_from		receive from one environment only
//   ipc_call			send a request and wait for its reply
//   ipc_reply_recv		reply to a request and wait for the next one
//   env_wait			sleep until an environment ends

#include <inc/lib.h>

// How a system call is told that there is no page
#define NO_PAGE		((void *) UTOP)

// The result of a call that replaces calls of lab 4; or -E_INVAL, without
// making it, if the kernel does not advertise them.  sys_ipc_reply and
// sys_ipc_reply_recv are made without asking: a server has something to reply
// to only if a client has made such a call.
#define REPLACEMENT(call)						\
	(uvpt[PGNUM(UENVS)] & PTE_REPLACEMENTS ? (call) : -E_INVAL)

// ------------------------------------------------------------------- pages

// Map a copy of our page at va at the same address in env.  0 is ourselves;
// then nothing is copied if no other mapping of the page is left.  Returns 0
// or an error.
int
page_copy(envid_t env, void *va, int perm)
{
	int r = REPLACEMENT(sys_page_copy(va, env, va, perm));

	if (r != -E_INVAL)
		return r;
	if ((r = sys_page_alloc(0, PFTEMP, PTE_P | PTE_U | PTE_W)) < 0)
		return r;
	memcpy(PFTEMP, va, PGSIZE);
	r = sys_page_map(0, PFTEMP, env, va, perm);
	sys_page_unmap(0, PFTEMP);
	return r;
}

// Map the pages of a run in env, one by one.  Where a run is for both, env's
// mapping comes first, as in duppage (lib/fork.c).
static int
map_run(envid_t env, const struct PageRun *run)
{
	int r = 0;

	for (size_t i = run->npages; r == 0 && i-- > 0; ) {
		void *src = run->srcva + i * PGSIZE;

		r = sys_page_map(0, src, env, run->dstva + i * PGSIZE,
			run->perm);
		if (r == 0 && run->both)
			r = sys_page_map(0, src, 0, src, run->perm);
	}
	return r;
}

// Map all pages of a list of n runs in env: run by run, each from its last page
// down.  Returns 0 or an error.
int
map_runs(envid_t env, const struct PageRun *list, size_t n)
{
	int r;

	for (; n > 0; list += r, n -= r) {
		r = REPLACEMENT(sys_page_map_list(env, list, n));
		if (r == -E_INVAL)
			break;
		if (r < 0)
			return r;
	}
	for (r = 0; r == 0 && n > 0; list++, n--)
		r = map_run(env, list);
	return r;
}

// Sleep until an environment calls sys_page_wake for the page with this word,
// or a mapping of the page goes away.  Returns at once if the word is no
// longer `value`, or the page no longer has so many mappings; may return
// early.
void
page_wait(const volatile uint32_t *word, uint32_t value, uint32_t mappings)
{
	if (sys_page_wait(word, value, mappings) < 0)
		sys_yield();
}

// Does env map our page at va?  *guess is an address where it may, and is set
// to the address where it does.  A kernel without sys_page_held cannot tell
// which environment maps the page; then any other mapping is taken for env's.
bool
page_held(envid_t env, void *va, void **guess)
{
	int r = sys_page_held(env, va, *guess);

	if (r > 0)
		*guess = (void *) ((uintptr_t) r * PGSIZE);
	return r > 0 || (r == -E_INVAL && pageref(va) > 1);
}

// ---------------------------------------------------------------- messages

// Send a number, and the page at pg unless pg is NULL, as soon as the receiver
// is ready, in the order in which senders called.
// Returns 0 or an error of sys_ipc_send.
int
ipc_send_queued(envid_t to, uint32_t value, void *pg, int perm)
{
	void *page = pg != NULL ? pg : NO_PAGE;
	int r;

	do {
		r = REPLACEMENT(sys_ipc_send(to, value, page, perm));
	} while (r == -E_IPC_NOT_RECV);		// our parent woke us
	if (r != -E_INVAL)
		return r;

	while ((r = sys_ipc_try_send(to, value, page, perm)) == -E_IPC_NOT_RECV)
		sys_yield();
	return r;
}

// Wait for a message from one environment and return its number; a page that
// comes with it is mapped at pg, unless pg is NULL.
// Returns -E_BAD_ENV if there is no such environment, or if it ends.
int32_t
ipc_recv_from(envid_t from, void *pg)
{
	void *page = pg != NULL ? pg : NO_PAGE;
	int r;

	do {
		r = REPLACEMENT(sys_ipc_recv_from(page, from));
		if (r == -E_INVAL)
			r = sys_ipc_recv(page);
	} while (r == 0 && thisenv->env_ipc_from != from);
	return r < 0 ? r : (int32_t) thisenv->env_ipc_value;
}

// Send a request, as ipc_send_queued does, and return the reply, as
// ipc_recv_from does; a page that comes with the reply is mapped at dstpg,
// unless dstpg is NULL.
int32_t
ipc_call(envid_t to, uint32_t value, void *pg, int perm, void *dstpg)
{
	void *page = pg != NULL ? pg : NO_PAGE;
	void *dst = dstpg != NULL ? dstpg : NO_PAGE;
	int r;

	do {
		r = REPLACEMENT(sys_ipc_call(to, value, page, dst, perm));
	} while (r == -E_IPC_NOT_RECV);		// our parent woke us
	if (r == 0 && thisenv->env_ipc_from == to)
		return thisenv->env_ipc_value;

	// Either the kernel lacks sys_ipc_call, or our parent woke us after the
	// kernel had sent the request.
	if (r == -E_INVAL)
		r = ipc_send_queued(to, value, pg, perm);
	return r < 0 ? r : ipc_recv_from(to, dstpg);
}

// Without sys_ipc_reply, a client loses its reply if it is not receiving after
// it has run this often since its request.
#define REPLY_RUNS	20

// Reply to a client by sys_ipc_try_send, until it receives, is stopped, or has
// run REPLY_RUNS times.
static void
reply_by_polling(envid_t client, uint32_t value, void *page, int perm)
{
	const volatile struct Env *e = &envs[ENVX(client)];
	const uint32_t runs = e->env_runs;
	bool may_receive;

	do {
		// Read before the attempt: the client may begin to receive
		// after it.
		may_receive = e->env_status != ENV_NOT_RUNNABLE
			&& e->env_runs - runs < REPLY_RUNS;

		int r = sys_ipc_try_send(client, value, page, perm);

		if (r == -E_NO_MEM)
			r = sys_ipc_try_send(client, r, NO_PAGE, 0);
		if (r != -E_IPC_NOT_RECV)
			return;
		sys_yield();
	} while (may_receive);
}

// Reply to the last message of `to`, with the page at pg unless pg is NULL.
// Then unmap the page at dstva, which usually came with the request, and wait
// for the next message, whose page is mapped there.  A client that does not
// receive its reply does not block the caller.
void
ipc_reply_recv(envid_t to, uint32_t value, void *pg, int perm, void *dstva)
{
	void *page = pg != NULL ? pg : NO_PAGE;

	if (sys_ipc_reply_recv(to, value, page, dstva, perm) != -E_INVAL)
		return;

	// If there is no page at pg, by a mistake of the caller, send an error
	// rather than let the client wait.
	if (pg != NULL && !page_is_mapped(pg)) {
		value = -E_UNSPECIFIED;
		page = NO_PAGE;
		perm = 0;
	}
	sys_page_unmap(0, dstva);
	if (sys_ipc_reply(to, value, page, perm) == -E_INVAL)
		reply_by_polling(to, value, page, perm);
	sys_ipc_recv(dstva);
}

// ------------------------------------------------------------ environments

// Sleep until this environment has ended; may return early.
void
env_wait(envid_t env)
{
	if (sys_env_wait(env) == -E_INVAL)
		sys_yield();
}
