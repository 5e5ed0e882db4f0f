// lib/give.c - giving a child all our pages, for fork and sfork.
//
// How a page is given is for somebody else to say, page by page: duppage of
// lib/fork.c.  Asked about each page, and making a system call or two each time,
// it would take most of the time of a fork.  So pages are gone through in runs,
// neighbours with the same permissions, of which duppage sees one; what it wants
// mapped is noted, for the whole run, and the kernel gets a list.
//
// Entry points: give_memory, map_later; stack_start.

#include <inc/lib.h>

#define NRUNS	16

struct List {
	envid_t child;
	size_t n;			// the child is to get these with the
	struct PageRun run[NRUNS];	// next call of the kernel
	struct PageRun *last;		// where the last page went
};

static struct List *list;		// of the give_memory that is at work

static int
hand_out(void)
{
	const size_t n = list->n;

	list->n = 0;
	return map_runs(list->child, list->run, n);
}

// To be called while give_memory asks: map our page at va at the same place in
// env, as sys_page_map does.  It is done when give_memory returns.  env is the
// child, or 0 for us; then the same permissions were just asked for the child.
// Returns 0 or an error.
int
map_later(envid_t env, void *va, int perm)
{
	int r = 0;

	if (env == 0) {
		assert(list->last && list->last->srcva == va
			&& list->last->perm == perm);
		list->last->both = 1;
		return 0;
	}
	if (list->n == NRUNS && (r = hand_out()) < 0)
		return r;
	list->last = &list->run[list->n++];
	*list->last = (struct PageRun) { .srcva = va, .dstva = va,
		.npages = 1, .perm = perm };
	return 0;
}

// From the last page down.  Where all pages of a run are given alike, what is
// noted for one of them is noted for those below it.
static int
give_run(const struct PageRun *run, int (*give)(envid_t child, unsigned pn),
	bool alike)
{
	const unsigned first = PGNUM(run->srcva);
	int r = 0;

	for (size_t n = run->npages; r == 0 && n > 0; n--) {
		list->last = NULL;
		r = give(list->child, first + n - 1);
		if (alike && list->last) {
			list->last->srcva = list->last->dstva = run->srcva;
			list->last->npages = n;
			break;
		}
	}
	return r;
}

// All pages in [low, high), from the top down: a pipe's page comes before the
// descriptor that refers to it, as lib/pipe.c needs.
static int
give_range(uintptr_t low, uintptr_t high,
	int (*give)(envid_t child, unsigned pn), bool alike)
{
	struct PageRun run;
	int r = 0;

	for (; r == 0 && prev_run(low, high, &run);
	     high = (uintptr_t) run.srcva)
		r = give_run(&run, give, alike);
	return r;
}

// The stack is what is mapped without a gap below USTACKTOP.
uintptr_t
stack_start(void)
{
	uintptr_t va = USTACKTOP;

	while (page_is_mapped((void *) (va - PGSIZE)))
		va -= PGSIZE;
	return va;
}

// The part of the stack that is in use, from start up to end, is copied now: we
// would write to it at once, and when memory is short fork can say so, while
// pgfault could only end us.
static int
copy_stack(uintptr_t start, uintptr_t end)
{
	const int perm = PTE_P | PTE_U | PTE_W;
	int r = 0;

	for (uintptr_t va = end; r == 0 && va > start; ) {
		va -= PGSIZE;
		r = uvpt[PGNUM(va)] & PTE_SHARE
			? share_page(list->child, (void *) va)
			: page_copy(list->child, (void *) va, perm);
	}
	return r;
}

// From now on l is the list.  The page of our own variable may wait to be copied:
// it is copied here, as the stack is in copy_stack.
static int
use_list(struct List *l)
{
	int r = 0;

	if (list == l)
		return 0;
	if (uvpt[PGNUM(&list)] & PTE_COW)
		r = page_copy(0, ROUNDDOWN(&list, PGSIZE),
			PTE_P | PTE_U | PTE_W);
	if (r == 0)
		list = l;
	return r;
}

// Give the child every page but the exception stack: call give for each, or, if
// it gives all that have the same permissions alike, for one of many.  Returns 0
// or the first error.
int
give_memory(envid_t child, int (*give)(envid_t child, unsigned pn), bool alike)
{
	const uintptr_t frame = (uintptr_t) __builtin_frame_address(0);
	const uintptr_t start = stack_start();
	const uintptr_t end = MAX(start,
		MIN(ROUNDDOWN(frame, PGSIZE) + PGSIZE, USTACKTOP));
	struct List l = { .child = child };
	int r;

	if ((r = use_list(&l)) < 0
	    || (r = give_range(end, UXSTACKTOP - PGSIZE, give, alike)) < 0
	    || (r = copy_stack(start, end)) < 0
	    || (r = give_range(0, start, give, alike)) < 0)
		return r;
	return hand_out();
}
