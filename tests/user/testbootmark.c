// tests/user/testbootmark.c - the boot marks (kern/debug/bootmark.h) rise, and
// are plausible.
//
// Needs DEBUG=check.

#include <inc/lib.h>

// The time of a boot mark, as 61 bits: on a busy computer the boot takes long,
// while the counter runs on.
static uint64_t
mark(int number)
{
	int low = sys_debug(DEBUG_BOOT_MARK, number);
	int high = sys_debug(DEBUG_BOOT_MARK, number | BOOT_MARK_HIGH);

	if (low < 0 || high < 0)
		panic("mark %d: %e", number, low < 0 ? low : high);
	return (uint64_t) high << 31 | low;
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	// Some processors have no time stamp counter
	const uint64_t main = mark(0), memory = mark(1);

	if (memory < main || (main > 0 && memory == main))
		panic("main %llu, memory %llu", main, memory);
	if (mark(2) != 0)
		panic("nobody has waited for input yet");
	(void) sys_cgetc();
	const uint64_t prompt = mark(2);
	if (prompt < memory || (main > 0 && prompt == memory))
		panic("the first wait for input left no mark");
	if (sys_debug(DEBUG_BOOT_MARK, 3) != -E_INVAL ||
		sys_debug(DEBUG_BOOT_MARK, 3 | BOOT_MARK_HIGH) != -E_INVAL)
		panic("there is no fourth mark");
	cprintf("testbootmark ok\n");
}
