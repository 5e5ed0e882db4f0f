// ext/shell/user/jshinit.c - starts the shell jsh on the console, and another
// when that one ends.

#include <inc/lib.h>

void
umain(int argc, char **argv)
{
	int r;

	USED(argc);
	USED(argv);
	close_all();
	if ((r = opencons()) != 0)
		panic("opencons: %e", r);
	if ((r = dup(0, 1)) < 0 || (r = dup(0, 2)) < 0)
		panic("dup: %e", r);
	for (;;) {
		cprintf("init: starting jsh\n");
		if ((r = spawnl("/jsh", "jsh", NULL)) < 0)
			panic("spawn jsh: %e", r);
		wait(r);
	}
}
