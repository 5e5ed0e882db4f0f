// ext/regions/regions.h - page-fault handlers for regions of memory.
//
// A program that includes this header has a chain of handlers, and its fork,
// sfork and set_pgfault_handler are those of ext/regions/lib/regions.c, which
// leave the chain as it is.

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

envid_t region_fork(void);
envid_t region_sfork(void);
void region_otherwise(void (*handler)(struct UTrapframe *utf));

#define fork			region_fork
#define sfork			region_sfork
#define set_pgfault_handler	region_otherwise

#endif // JOS_EXT_REGIONS_H
