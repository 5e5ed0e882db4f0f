// ext/regions/user/regioncost.c - what a page fault and a fork take with
// regions: ext/regions/cost.h.

#include <ext/regions/cost.h>
#include <ext/regions/regions.h>

#define CHAIN		16

static bool
map_in_region(struct Region *r, struct UTrapframe *utf)
{
	USED(r);
	map_page(utf);
	return true;
}

void
umain(int argc, char **argv)
{
	static struct Region around[CHAIN];

	USED(argc), USED(argv);

	wait_for_server();
	// The first one has HANDLED, and is asked last.
	for (int i = 0; i < CHAIN; i++) {
		around[i] = (struct Region) { .start = HANDLED + i * PGSIZE,
			.end = HANDLED + (i + 1) * PGSIZE,
			.handle = map_in_region };
		region_add(&around[i]);
		if (i == 0)
			show_fault("the same, by a region");
	}
	show_fault("the same, behind 15 other regions");
	show_fork("fork with regions");
	cprintf("regioncost ok\n");
}
