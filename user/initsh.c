// user/initsh.c - starts a shell on the console, and another when that one
// ends, for a kernel that starts this program instead of icode.

#include <inc/lib.h>

void
umain(int argc, char **argv)
{
	int r;

	USED(argc);
	USED(argv);
	cprintf("initsh: running sh\n");

	close_all();
	if ((r = opencons()) < 0)
		panic("opencons: %e", r);
	if ((r = dup(r, 1)) < 0)
		panic("dup: %e", r);
	for (;;) {
		cprintf("init: starting sh\n");
		if ((r = spawnl("/sh", "sh", (char *) 0)) < 0) {
			cprintf("init: spawn sh: %e\n", r);
			return;
		}
		wait(r);
	}
}
