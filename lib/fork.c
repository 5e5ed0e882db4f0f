// lib/fork.c - fork, made of system calls and a page-fault handler.
//
// Entry points:
//   fork	the child has a copy of our memory
//   sfork	the child shares our memory, except for the stack
//
// A copy is made when it is needed.  Until then both sides map the same page
// without PTE_W and with PTE_COW; who writes first faults, and pgfault gives
// it a page of its own.

#include <inc/lib.h>

#define PERM_OWN	(PTE_P | PTE_U | PTE_W)

static void __attribute__((noreturn))
bad_fault(struct UTrapframe *utf)
{
	panic("page fault: %s va %08x at ip %08x, page is %s (error %x)",
		utf->utf_err & FEC_WR ? "writing" : "reading",
		utf->utf_fault_va, utf->utf_eip,
		utf->utf_err & FEC_PR ? "protected" : "not there",
		utf->utf_err);
}

// Give env, which may be 0 for us, a page of its own at va, with what is in
// ours.  Where the kernel has no call for that, it goes by way of PFTEMP, as
// ours must be there to be read.
static int
copy_page(envid_t env, void *va)
{
	int r = sys_page_copy(va, env, va, PERM_OWN);

	if (r != -E_INVAL)
		return r;
	if ((r = sys_page_alloc(0, PFTEMP, PERM_OWN)) < 0)
		return r;
	memcpy(PFTEMP, va, PGSIZE);
	r = sys_page_map(0, PFTEMP, env, va, PERM_OWN);
	sys_page_unmap(0, PFTEMP);
	return r;
}

// The handler: a write to a copy-on-write page gets a page of its own, which
// is this very page if all others have theirs by now.  If there is no memory
// for one, the program cannot go on.
static void
pgfault(struct UTrapframe *utf)
{
	const uint32_t wrote_to_page = FEC_PR | FEC_WR;
	void *page = (void *) ROUNDDOWN(utf->utf_fault_va, PGSIZE);
	int r;

	if ((utf->utf_err & wrote_to_page) != wrote_to_page
	    || !(uvpt[PGNUM(page)] & PTE_COW))
		bad_fault(utf);
	if ((r = copy_page(0, page)) < 0)
		panic("copy on write of %p: %e", page, r);
}

// ------------------------------------------------- handing pages to a child

#define NRUNS	16

struct Child {
	envid_t id;
	uintptr_t stack;		// where ours begins
	size_t n;			// the child is to get these with the
	struct PageRun run[NRUNS];	// next call of the kernel
	struct PageRun *last;		// where the last page went
};

// The stack is what is mapped without a gap below USTACKTOP.
static uintptr_t
stack_start(void)
{
	uintptr_t va = USTACKTOP;

	while (page_is_mapped((void *) (va - PGSIZE)))
		va -= PGSIZE;
	return va;
}

static int
hand_out(struct Child *c)
{
	const size_t n = c->n;

	c->n = 0;
	return map_runs(c->id, c->run, n);
}

static struct Child *getting;		// the child of this fork

// Page number pn of ours goes with the pages that the child is to get.
static int
map_later(unsigned pn, int perm, int both)
{
	struct Child *c = getting;
	void *va = (void *) (pn * PGSIZE);
	int r = c->n == NRUNS ? hand_out(c) : 0;

	c->last = &c->run[c->n++];
	*c->last = (struct PageRun) { .srcva = va, .dstva = va, .npages = 1,
		.perm = perm, .both = both };
	return r;
}

// Let the child have page number pn as ours if nobody can write to it, else
// copy-on-write; then ours becomes so, too.  Also one that was before: it may
// have been written to since we looked.  Returns 0 or an error.
static int
duppage(envid_t child, unsigned pn)
{
	const int perm = uvpt[pn] & PTE_SYSCALL;

	USED(child);			// it is getting->id
	if (perm & (PTE_W | PTE_COW))
		return map_later(pn, (perm & ~PTE_W) | PTE_COW, 1);
	return map_later(pn, perm, 0);
}

// How fork gives a run to the child.  Pages marked PTE_SHARE are shared.  What
// duppage leaves for later, it need not be asked for each page of the run.
static int
fork_run(struct Child *c, const struct PageRun *run)
{
	size_t i = run->npages;
	int r = 0;

	if (run->perm & PTE_SHARE)
		return share_run(c->id, run);
	if (getting != c)		// its page may wait to be copied
		getting = c;
	c->last = NULL;
	while (r == 0 && !c->last && i-- > 0)
		r = duppage(c->id, PGNUM(run->srcva) + i);
	if (c->last) {
		c->last->srcva = c->last->dstva = run->srcva;
		c->last->npages = run->npages;
	}
	return r;
}

// Give all pages in [low, high), from the top down: a pipe's page comes before
// the descriptor that refers to it, as lib/pipe.c needs.
static int
give_pages(struct Child *c, uintptr_t low, uintptr_t high,
	int (*give)(struct Child *c, const struct PageRun *run))
{
	struct PageRun run;
	int r = 0;

	for (; r == 0 && prev_run(low, high, &run);
	     high = (uintptr_t) run.srcva)
		r = give(c, &run);
	return r;
}

// ------------------------------------------------------------ fork and sfork

// Exception stacks are not shared or copied on write: the handler that would
// make the copy runs on them.
static int
exception_stack_init(envid_t child)
{
	int r = sys_page_alloc(child, (void *) (UXSTACKTOP - PGSIZE),
		PERM_OWN);

	if (r < 0)
		return r;
	return sys_env_set_pgfault_upcall(child, _pgfault_upcall);
}

// The part of the stack that is in use, from c->stack up to end, is copied now:
// we would write to it at once, and when memory is short fork can say so, while
// pgfault could only end us.
static int
copy_stack(const struct Child *c, uintptr_t end)
{
	int r = 0;

	for (uintptr_t va = end; r == 0 && va > c->stack; ) {
		va -= PGSIZE;
		r = uvpt[PGNUM(va)] & PTE_SHARE
			? share_page(c->id, (void *) va)
			: copy_page(c->id, (void *) va);
	}
	return r;
}

// Give every page but the exception stack, then start the child.  The stack is
// in use from frame down.
static int
child_start(envid_t id, int (*give)(struct Child *c, const struct PageRun *run),
	uintptr_t frame)
{
	struct Child c = { .id = id, .stack = stack_start() };
	uintptr_t end = MIN(ROUNDDOWN(frame, PGSIZE) + PGSIZE, USTACKTOP);
	int r;

	end = MAX(end, c.stack);
	if ((r = exception_stack_init(id)) < 0
	    || (r = give_pages(&c, end, UXSTACKTOP - PGSIZE, give)) < 0
	    || (r = copy_stack(&c, end)) < 0
	    || (r = give_pages(&c, 0, c.stack, give)) < 0
	    || (r = hand_out(&c)) < 0)
		return r;
	return sys_env_set_status(id, ENV_RUNNABLE);
}

// What fork and sfork have in common.  Inlined, so that the child returns
// through a frame that stays as it is while the parent makes copies.
static inline envid_t __attribute__((always_inline))
fork_by(int (*give)(struct Child *c, const struct PageRun *run))
{
	int r = pgfault_init(pgfault);

	if (r < 0)
		return r;

	envid_t child = sys_exofork();

	if (child < 0)
		return child;
	if (child == 0) {
		thisenv = &envs[ENVX(sys_getenvid())];
		return 0;
	}

	r = child_start(child, give,
		(uintptr_t) __builtin_frame_address(0));
	if (r < 0) {
		sys_env_destroy(child);
		return r;
	}
	return child;
}

// Returns 0 in the child, in the parent the child's id or an error.
envid_t
fork(void)
{
	return fork_by(fork_run);
}

// Each environment's own: its stack, thisenv, and its requests to the file
// server.  thisenv and fsipcbuf have pages to themselves.
static bool
is_private(const struct Child *c, const void *va)
{
	return va == &thisenv || va == &fsipcbuf
		|| ((uintptr_t) va >= c->stack && (uintptr_t) va < USTACKTOP);
}

static int
sfork_page(struct Child *c, void *va)
{
	const struct PageRun page = {
		.srcva = va, .dstva = va, .npages = 1,
		.perm = uvpt[PGNUM(va)] & PTE_SYSCALL,
	};

	if (is_private(c, va))
		return fork_run(c, &page);

	// A page waiting to be copied is copied now, so that what both
	// environments write to is one and the same.
	int r = page.perm & PTE_COW ? copy_page(0, va) : 0;

	return r < 0 ? r : share_page(c->id, va);
}

static int
sfork_run(struct Child *c, const struct PageRun *run)
{
	int r = 0;

	for (size_t i = run->npages; r == 0 && i-- > 0; )
		r = sfork_page(c, run->srcva + i * PGSIZE);
	return r;
}

// As fork, but the child shares all memory that there is now, except its
// stack.  Pages that either maps later are its own, and a fork by either
// makes its side of the shared memory a copy.
envid_t
sfork(void)
{
	return fork_by(sfork_run);
}
