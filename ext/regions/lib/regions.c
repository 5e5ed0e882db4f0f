// ext/regions/lib/regions.c - a chain of page-fault handlers.
//
// The kernel and lib/pfentry.S know one handler.  Here that is dispatch, for
// good: it copies copy-on-write pages for fork, asks the regions of the program
// that have the address, and then the program's own handler, which it has set
// by set_pgfault_handler.
//
// Every fork, too, calls set_pgfault_handler.  Its handler, which is known
// here, is not the program's own, and changes nothing: dispatch does that work
// already.  For lib/fork.c this is so because it is compiled here once more,
// under other names, which ext/regions/regions.h gives the names back to; other
// forks have the handler of ext/cow.h.
//
// Entry points: in ext/regions/regions.h.

#include <ext/cow.h>
#include <ext/regions/regions.h>

static struct Region *first;		// the one added last
static void (*otherwise)(struct UTrapframe *utf);	// the program's own

static void dispatch(struct UTrapframe *utf);

// set_only_handler, the only handler that the kernel knows of
static void set_only_handler(void (*handler)(struct UTrapframe *utf));
#define set_pgfault_handler	set_only_handler
#include <lib/pgfault.c>
#undef set_pgfault_handler

// region_fork and region_sfork, with their handler `pgfault'
#define fork			region_fork
#define sfork			region_sfork
#define set_pgfault_handler	region_otherwise
#include <lib/fork.c>
#undef fork
#undef sfork
#undef set_pgfault_handler

static bool
is_copy_on_write(const struct UTrapframe *utf)
{
	const void *va = (const void *) utf->utf_fault_va;

	return (utf->utf_err & FEC_WR) && page_is_mapped(va)
		&& (uvpt[PGNUM(va)] & PTE_COW);
}

// Does a handler of the program mend this fault?  A handler may remove its own
// region.
static bool
is_handled(struct UTrapframe *utf)
{
	struct Region *next;

	for (struct Region *r = first; r; r = next) {
		next = r->next;
		if (utf->utf_fault_va - r->start < r->end - r->start
		    && r->handle(r, utf))
			return true;
	}
	if (otherwise)
		otherwise(utf);
	return otherwise != NULL;
}

// Copying comes first: the page of a region, too, is copy-on-write after a
// fork, and its handler need not know.
static void
dispatch(struct UTrapframe *utf)
{
	if (is_copy_on_write(utf))
		pgfault(utf);
	else if (!is_handled(utf))
		panic("no handler for a page fault: %s va %08x at ip %08x "
			"(error %x)",
			utf->utf_err & FEC_WR ? "writing" : "reading",
			utf->utf_fault_va, utf->utf_eip, utf->utf_err);
}

// The new region is in the chain by one store, so that a fault in this function
// finds a chain without or with it.
int
region_add(struct Region *r)
{
	if (r->start >= r->end || r->end > UTOP)
		return -E_INVAL;
	set_only_handler(dispatch);
	r->next = first;
	first = r;
	return 0;
}

int
region_remove(struct Region *r)
{
	struct Region **link = &first;

	while (*link && *link != r)
		link = &(*link)->next;
	if (!*link)
		return -E_INVAL;
	*link = r->next;
	return 0;
}

// set_pgfault_handler: the handler of faults that no region wants, unless a
// fork sets its own; NULL: there is none.
void
region_otherwise(void (*handler)(struct UTrapframe *utf))
{
	set_only_handler(dispatch);
	if (handler != pgfault && handler != copy_on_write)
		otherwise = handler;
}
