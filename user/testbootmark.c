// user/testbootmark.c - when the boot reached what (kern/bootmark.h).
//
// Needs DEBUG=check.

#include <inc/lib.h>

#define HALF	0x40000000

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	const int main = sys_debug(DEBUG_BOOT_MARK, 0);
	const int memory = sys_debug(DEBUG_BOOT_MARK, 1);

	// 31 bits of a counter say little, but that it went on: all this takes
	// less than half of them.  Some processors have none.
	if (main < 0 || ((memory - main) & HALF) || (main > 0 && memory == main))
		panic("main %d, memory %d", main, memory);
	if (sys_debug(DEBUG_BOOT_MARK, 2) != 0)
		panic("nobody has waited for input yet");
	(void) sys_cgetc();
	const int prompt = sys_debug(DEBUG_BOOT_MARK, 2);
	if (((prompt - memory) & HALF) || (main > 0 && prompt == memory))
		panic("the first wait for input left no mark");
	if (sys_debug(DEBUG_BOOT_MARK, 3) != -E_INVAL)
		panic("there is no fourth mark");
	cprintf("testbootmark ok\n");
}
