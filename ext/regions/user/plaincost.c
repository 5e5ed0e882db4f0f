// ext/regions/user/plaincost.c - what a page fault and a fork take without
// regions: ext/regions/cost.h.

#include <ext/regions/cost.h>

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	wait_for_server();
	set_pgfault_handler(map_page);
	show_fault("a page fault whose handler maps a page");
	show_fork("fork, until it returns in the parent");
	cprintf("plaincost ok\n");
}
