// lib/duppages.c - map all pages of a parent in its child, for fork and sfork.
//
// A function of the caller, such as duppage of lib/fork.c, decides how a child
// gets a page.  Calling it for each page, and the kernel once or twice each
// time, would take most of the time of a fork.  So dup_pages walks over runs,
// which are neighbouring pages with equal permissions, calls the function for
// one page of a run, and repeats for the whole run what the function asked of
// map_later.  These mappings are queued, and the kernel gets many at a time.
//
// Entry points: dup_pages, map_later; stack_start.

#include <inc/lib.h>

#define NRUNS	16

struct Queue {
	envid_t child;
	size_t n;			// runs that are queued
	struct PageRun run[NRUNS];
	struct PageRun *last;		// with the page that map_later got last
};

static struct Queue *queue;		// of the dup_pages that is running

static int
flush_queue(void)
{
	const size_t n = queue->n;

	queue->n = 0;
	return map_runs(queue->child, queue->run, n);
}

// Map our page at va at the same address in env, the child of dup_pages, as
// sys_page_map does, before dup_pages returns.  env 0 means ourselves, for the
// page and permissions of the call before.  To be called by the function that
// dup_pages calls.  Returns 0 or an error.
int
map_later(envid_t env, void *va, int perm)
{
	int r = 0;

	if (env == 0) {
		assert(queue->last && queue->last->srcva == va
			&& queue->last->perm == perm);
		queue->last->both = 1;
		return 0;
	}
	if (queue->n == NRUNS && (r = flush_queue()) < 0)
		return r;
	queue->last = &queue->run[queue->n++];
	*queue->last = (struct PageRun) { .srcva = va, .dstva = va,
		.npages = 1, .perm = perm };
	return 0;
}

// Call dup_page for the pages of a run, from the last one down.  If dup_page is
// uniform, the first mapping that it asks of map_later is widened to all pages
// that are left.
static int
dup_run(const struct PageRun *run, int (*dup_page)(envid_t child, unsigned pn),
	bool uniform)
{
	const unsigned first = PGNUM(run->srcva);
	int r = 0;

	for (size_t n = run->npages; r == 0 && n > 0; n--) {
		queue->last = NULL;
		r = dup_page(queue->child, first + n - 1);
		if (uniform && queue->last) {
			queue->last->srcva = queue->last->dstva = run->srcva;
			queue->last->npages = n;
			break;
		}
	}
	return r;
}

// Duplicate all pages in [low, high), from the top down: a pipe's data page
// must be mapped before the descriptor that refers to it (lib/pipe.c).
static int
dup_range(uintptr_t low, uintptr_t high,
	int (*dup_page)(envid_t child, unsigned pn), bool uniform)
{
	struct PageRun run;
	int r = 0;

	for (; r == 0 && prev_run(low, high, &run);
	     high = (uintptr_t) run.srcva)
		r = dup_run(&run, dup_page, uniform);
	return r;
}

// The lowest page of the stack, which is all that is mapped without a gap below
// USTACKTOP.
uintptr_t
stack_start(void)
{
	uintptr_t va = USTACKTOP;

	while (page_is_mapped((void *) (va - PGSIZE)))
		va -= PGSIZE;
	return va;
}

// Copy the pages of the stack in [start, end) now.  The parent writes to them
// at once, and where memory is short fork can return an error, while the
// copy-on-write handler could only panic.
static int
copy_stack(uintptr_t start, uintptr_t end)
{
	const int perm = PTE_P | PTE_U | PTE_W;
	int r = 0;

	for (uintptr_t va = end; r == 0 && va > start; ) {
		va -= PGSIZE;
		r = uvpt[PGNUM(va)] & PTE_SHARE
			? share_page(queue->child, (void *) va)
			: page_copy(queue->child, (void *) va, perm);
	}
	return r;
}

// Make q the queue.  If the page of the variable `queue` is copy-on-write, the
// page is copied first: where memory is short, that is an error, not a panic.
static int
use_queue(struct Queue *q)
{
	int r = 0;

	if (queue == q)
		return 0;
	if (uvpt[PGNUM(&queue)] & PTE_COW)
		r = page_copy(0, ROUNDDOWN(&queue, PGSIZE),
			PTE_P | PTE_U | PTE_W);
	if (r == 0)
		queue = q;
	return r;
}

// Duplicate every page below UTOP in the child, except the exception stack.
// The part of the stack that is in use is copied.  dup_page is called for all
// other pages; or for one page of each run, if it is uniform, which means that
// it decides by the permissions alone.  Returns 0 or the first error.
int
dup_pages(envid_t child, int (*dup_page)(envid_t child, unsigned pn),
	bool uniform)
{
	const uintptr_t frame = (uintptr_t) __builtin_frame_address(0);
	const uintptr_t start = stack_start();
	const uintptr_t end = MAX(start,
		MIN(ROUNDDOWN(frame, PGSIZE) + PGSIZE, USTACKTOP));
	struct Queue q = { .child = child };
	int r;

	if ((r = use_queue(&q)) < 0
	    || (r = dup_range(end, UXSTACKTOP - PGSIZE, dup_page, uniform)) < 0
	    || (r = copy_stack(start, end)) < 0
	    || (r = dup_range(0, start, dup_page, uniform)) < 0)
		return r;
	return flush_queue();
}
