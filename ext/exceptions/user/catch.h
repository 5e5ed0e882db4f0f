// ext/exceptions/user/catch.h - a handler that notes what it gets: what excall and
// excrare share.

#ifndef JOS_EXT_EXCEPTIONS_CATCH_H
#define JOS_EXT_EXCEPTIONS_CATCH_H

#include <inc/lib.h>

#include <ext/exceptions/exceptions.h>

// The handler changes these where the compiler sees no call.
static volatile struct UTrapframe seen;	// of the last exception
static volatile int count;
static uintptr_t resume;		// where to go on; 0: where it stopped

static void
handler(struct UTrapframe *utf)
{
	seen = *utf;
	count++;
	if (resume)
		utf->utf_eip = resume;
	utf->utf_eflags &= ~FL_NT;	// or the next iret would fail, too
}

static void
catch(int trap)
{
	const int r = set_exception_handler(trap, handler);

	if (r < 0)
		panic("no handler of trap %d: %e", trap, r);
}

#endif // JOS_EXT_EXCEPTIONS_CATCH_H
