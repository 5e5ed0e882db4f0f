// kern/debug/failalloc.c - want of memory, made to order.
//
// What happens when memory runs out in the midst of something?  A test finds
// out by having the first page that this takes refused, then the second, and
// so on.  Only one environment at a time can be treated so, the one that asks
// for it or another that it names; allocations for others, also those that it
// sets off, succeed.
//
// Entry points: failalloc_order, failalloc_of; failalloc_now, for page_alloc.

#include <kern/debug/failalloc.h>
#include <kern/env.h>

envid_t failalloc_victim;
static uint32_t left;			// the one that makes this 0 fails
static bool struck;

int
failalloc_order(uint32_t n)
{
	const bool had_struck = struck;

	failalloc_victim = n ? curenv->env_id : 0;
	left = n;
	struck = false;
	return had_struck;
}

void
failalloc_of(envid_t victim)
{
	failalloc_victim = victim;
}

bool
failalloc_strikes(void)
{
	if (!curenv || curenv->env_id != failalloc_victim || --left > 0)
		return false;
	failalloc_victim = 0;
	struck = true;
	return true;
}
