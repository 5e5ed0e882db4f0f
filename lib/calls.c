// lib/calls.c - what the library asks of a kernel besides the calls of the
// labs, and how it gets on with these alone.
//
// The other calls of inc/syscall.h save time, or say what the labs' cannot.  A
// kernel may not have them: where a student wrote syscall, they return -E_INVAL,
// and lab 4 says beforehand that it does not have those that stand in for its
// own (PTE_STAND_INS), for somebody who traces a program there is to see the
// lab's calls alone.  The functions here then do it with the labs' calls, as well
// as these can.  No other file has to ask what the kernel has.
//
// Entry points:
//   page_copy			give somebody a copy of a page
//   map_runs			map many pages elsewhere as well
//   page_wait			sleep until a word in a shared page changes
//   page_held			does that environment map a page of ours?
//   ipc_send_in_turn		send, before those who begin later
//   ipc_recv_from		receive from one environment only
//   ipc_call			send a request and wait for its answer
//   ipc_reply_recv		answer a request and wait for the next one
//   env_wait			sleep until that environment ends

#include <inc/lib.h>

// What to give the kernel for "no page"
#define NO_PAGE		((void *) UTOP)

// The result of a call that stands in for those of lab 4, or -E_INVAL where the
// kernel says that it has none.  (Servers answer only where something came by
// such a call: sys_ipc_reply and sys_ipc_reply_recv are made without asking.)
#define STAND_IN(call)							\
	(uvpt[PGNUM(UENVS)] & PTE_STAND_INS ? (call) : -E_INVAL)

// ------------------------------------------------------------------- pages

// Give env, which may be 0 for us, a page of its own at va, with what is in
// ours.  If it is us, and nobody else has our page any more, that is the page.
// Returns 0 or an error.
int
page_copy(envid_t env, void *va, int perm)
{
	int r = STAND_IN(sys_page_copy(va, env, va, perm));

	if (r != -E_INVAL)
		return r;
	if ((r = sys_page_alloc(0, PFTEMP, PTE_P | PTE_U | PTE_W)) < 0)
		return r;
	memcpy(PFTEMP, va, PGSIZE);
	r = sys_page_map(0, PFTEMP, env, va, perm);
	sys_page_unmap(0, PFTEMP);
	return r;
}

// env's first: had ours become copy-on-write before, and we written to it by
// now, env would get the page that we go on writing to.
static int
map_each(envid_t env, const struct PageRun *run)
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

// Map all pages of a list of runs as well in env, run by run, each from its
// last page down.  Returns 0 or an error.
int
map_runs(envid_t env, const struct PageRun *list, size_t n)
{
	int r;

	for (; n > 0; list += r, n -= r) {
		r = STAND_IN(sys_page_map_list(env, list, n));
		if (r == -E_INVAL)
			break;
		if (r < 0)
			return r;
	}
	for (r = 0; r == 0 && n > 0; list++, n--)
		r = map_each(env, list);
	return r;
}

// Sleep until somebody calls sys_page_wake for the page of this word, or a
// mapping of that page goes away; not if the word, or how many mappings there
// are, is not what we have seen.  May return too early.
void
page_wait(const volatile uint32_t *word, uint32_t value, uint32_t mappings)
{
	if (sys_page_wait(word, value, mappings) < 0)
		sys_yield();
}

// Does env map our page at va, perhaps where *guess says?  If so, *guess says
// where afterwards.  Without the kernel's help, anybody may be env.
bool
page_held(envid_t env, void *va, void **guess)
{
	int r = sys_page_held(env, va, *guess);

	if (r > 0)
		*guess = (void *) ((uintptr_t) r * PGSIZE);
	return r > 0 || (r == -E_INVAL && pageref(va) > 1);
}

// ---------------------------------------------------------------- messages

// Send a number, and the page at pg unless pg is NULL, as soon as the other
// side is ready to receive; before those who begin to send later.
// Returns 0 or an error of sys_ipc_send.
int
ipc_send_in_turn(envid_t to, uint32_t value, void *pg, int perm)
{
	void *page = pg != NULL ? pg : NO_PAGE;
	int r;

	do {
		r = STAND_IN(sys_ipc_send(to, value, page, perm));
	} while (r == -E_IPC_NOT_RECV);		// our parent woke us
	if (r != -E_INVAL)
		return r;

	while ((r = sys_ipc_try_send(to, value, page, perm)) == -E_IPC_NOT_RECV)
		sys_yield();
	return r;
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
		r = STAND_IN(sys_ipc_recv_from(page, from));
		if (r == -E_INVAL)
			r = sys_ipc_recv(page);
	} while (r == 0 && thisenv->env_ipc_from != from);
	return r < 0 ? r : (int32_t) thisenv->env_ipc_value;
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
		r = STAND_IN(sys_ipc_call(to, value, page, dst, perm));
	} while (r == -E_IPC_NOT_RECV);		// our parent woke us
	if (r == 0 && thisenv->env_ipc_from == to)
		return thisenv->env_ipc_value;

	// The kernel does not have sys_ipc_call; or it has sent the request, and
	// then our parent woke us.
	if (r == -E_INVAL)
		r = ipc_send_in_turn(to, value, pg, perm);
	return r < 0 ? r : ipc_recv_from(to, dstpg);
}

// A client that is stopped, or had so many turns since its request and does not
// ask for its answer, does not get it from a kernel without sys_ipc_reply.
#define PATIENCE	20

static void
reply_patiently(envid_t client, uint32_t value, void *page, int perm)
{
	const volatile struct Env *e = &envs[ENVX(client)];
	const uint32_t runs = e->env_runs;
	bool may_come;

	do {
		// Look before trying, for then it may begin to wait for us.
		may_come = e->env_status != ENV_NOT_RUNNABLE
			&& e->env_runs - runs < PATIENCE;

		int r = sys_ipc_try_send(client, value, page, perm);

		if (r == -E_NO_MEM)
			r = sys_ipc_try_send(client, r, NO_PAGE, 0);
		if (r != -E_IPC_NOT_RECV)
			return;
		sys_yield();
	} while (may_come);
}

// Answer the last message of `to`, with the page at pg unless pg is NULL.  Then
// unmap what is at dstva, which mostly came with the message that was answered,
// and wait for another message, whose page is mapped there.  A client that
// does not wait for its answer keeps nobody waiting.
void
ipc_reply_recv(envid_t to, uint32_t value, void *pg, int perm, void *dstva)
{
	void *page = pg != NULL ? pg : NO_PAGE;

	if (sys_ipc_reply_recv(to, value, page, dstva, perm) != -E_INVAL)
		return;

	// Where the page is not there, as after a mistake of ours, the client
	// must not wait for it.
	if (pg != NULL && !page_is_mapped(pg)) {
		value = -E_UNSPECIFIED;
		page = NO_PAGE;
		perm = 0;
	}
	sys_page_unmap(0, dstva);
	if (sys_ipc_reply(to, value, page, perm) == -E_INVAL)
		reply_patiently(to, value, page, perm);
	sys_ipc_recv(dstva);
}

// ------------------------------------------------------------ environments

// Sleep until there is no such environment any more; may return too early.
void
env_wait(envid_t env)
{
	if (sys_env_wait(env) == -E_INVAL)
		sys_yield();
}
