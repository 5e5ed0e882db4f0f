// kern/debug/failalloc.c - fault injection: a page_alloc that fails.
//
// A test finds out what an operation does when memory runs out halfway, by
// letting its first page_alloc fail, then the second, and so on.  One failure
// can be set at a time, for one environment; page_alloc counts only while that
// environment is curenv.
//
// Entry points: failalloc_set, failalloc_target; failalloc_now.

#include <kern/debug/failalloc.h>
#include <kern/env.h>

envid_t failalloc_env;
static uint32_t left;			// calls of page_alloc up to the failure
static bool has_failed;

int
failalloc_set(uint32_t n)
{
	const bool had_failed = has_failed;

	failalloc_env = n ? curenv->env_id : 0;
	left = n;
	has_failed = false;
	return had_failed;
}

void
failalloc_target(envid_t env)
{
	failalloc_env = env;
}

bool
failalloc_count(void)
{
	if (!curenv || curenv->env_id != failalloc_env || --left > 0)
		return false;
	failalloc_env = 0;
	has_failed = true;
	return true;
}
