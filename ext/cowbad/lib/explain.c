// ext/cowbad/lib/explain.c - page faults in words.
//
// The processor says in three bits of the error code what the fault was (SDM
// 3A, 4.7): whether the page was present, whether it was a write, and whether
// the code ran in user mode.
//
// Entry point: explain_faults.

#include <ext/cowbad/explain.h>

static void (*next_handler)(struct UTrapframe *utf);

static bool
is_copy_on_write(const struct UTrapframe *utf)
{
	return (utf->utf_err & FEC_WR)
		&& page_is_mapped((void *) utf->utf_fault_va)
		&& (uvpt[PGNUM(utf->utf_fault_va)] & PTE_COW);
}

static void
explain(struct UTrapframe *utf)
{
	if (!is_copy_on_write(utf))
		cprintf("[%08x] %s mode %s va %08x: %s\n", thisenv->env_id,
			utf->utf_err & FEC_U ? "user" : "kernel",
			utf->utf_err & FEC_WR ? "writes to" : "reads",
			utf->utf_fault_va,
			utf->utf_err & FEC_PR ? "the page is present, and "
				"forbids it" : "the page is not present");
	next_handler(utf);
}

void
explain_faults(void)
{
	next_handler = _pgfault_handler;
	_pgfault_handler = explain;
}
