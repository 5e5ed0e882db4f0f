// tests/user/testbacktrace.c - panics three calls deep.
//
// A panic ends in a breakpoint, that is in the monitor, whose backtrace
// should read: _panic, innermost, middle, outermost, umain, libmain, _start;
// with 3, 2 and 1 as first arguments of the three.

#include <inc/lib.h>

// Not static: the compiler may pass arguments of static functions in registers,
// where a backtrace does not see them.
void innermost(int depth);
void middle(int depth);
void outermost(int depth);

void
innermost(int depth)
{
	panic("depth %d", depth);
}

void
middle(int depth)
{
	innermost(depth + 1);
	cprintf("a panic returned\n");
}

void
outermost(int depth)
{
	middle(depth + 1);
	cprintf("a panic returned\n");
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	outermost(1);
	cprintf("a panic returned\n");
}
