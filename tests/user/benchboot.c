// tests/user/benchboot.c - prints how many instructions the boot took to reach
// each boot mark (kern/debug/bootmark.h).  tools/bench types this program's
// name at the first prompt, on a machine started with DEBUG=check.

#include <tests/user/bench.h>

void
umain(int argc, char **argv)
{
	static const char *const keys[] = { "main", "memory", "prompt" };

	USED(argc), USED(argv);

	for (int mark = 0; mark < 3; mark++)
		report(keys[mark], sys_debug(DEBUG_BOOT_MARK, mark));
	cprintf("bench ok\n");
}
