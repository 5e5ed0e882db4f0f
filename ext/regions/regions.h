// ext/regions/regions.h - page-fault handlers for regions of memory.
//
// A program that includes this header has a chain of handlers, which neither
// fork nor set_pgfault_handler breaks (ext/regions/lib/regions.c).

#ifndef JOS_EXT_REGIONS_H
#define JOS_EXT_REGIONS_H

#include <inc/lib.h>

// A region, which the program provides; it is the library's until
// region_remove.
struct Region {
	uintptr_t start, end;		// [start, end)

	// Called for a fault in the region.  Returns whether the program may go
	// on; if not, the next handler is asked.
	bool (*handle)(struct Region *r, struct UTrapframe *utf);

	struct Region *next;		// set by region_add
};

// From now on, faults in r go to its handler.  Of several regions that have the
// address, the one that was added last is asked first.
// Returns 0; -E_INVAL: r is empty, or not below UTOP.
int region_add(struct Region *r);

// Returns 0; -E_INVAL: r has not been added.
int region_remove(struct Region *r);

// What the functions below do
envid_t region_fork(void);
envid_t region_sfork(void);
void region_otherwise(void (*handler)(struct UTrapframe *utf));

// The linker takes from the library only what a program does not define itself.
// So these are called in the place of those of lib/fork.c and lib/pgfault.c,
// also by functions that have never heard of regions.  They are weak, as
// several files of a program may include this header.

__attribute__((weak)) envid_t
fork(void)
{
	return region_fork();
}

__attribute__((weak)) envid_t
sfork(void)
{
	return region_sfork();
}

__attribute__((weak)) void
set_pgfault_handler(void (*handler)(struct UTrapframe *utf))
{
	region_otherwise(handler);
}

#endif // JOS_EXT_REGIONS_H
