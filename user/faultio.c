// user/faultio.c - writes to an I/O port, which only the file server may.
//
// spawn requests I/O privilege for its child (lib/spawn.c: set_registers); the
// kernel must not grant it.

#include <inc/lib.h>
#include <inc/ide.h>
#include <inc/x86.h>

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	if ((read_eflags() & FL_IOPL_MASK) == FL_IOPL_3)
		cprintf("eflags wrong\n");

	// Must fault.  If not, it selects disk drive 1, which does no harm.
	outb(IDE_DRIVE, 0xF0);
	cprintf("%s: made it here --- bug\n", binaryname);
}
