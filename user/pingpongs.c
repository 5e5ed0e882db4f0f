// user/pingpongs.c - like pingpong, but the number lies in memory that both
// share; the messages only say whose turn it is.
//
// Needs sfork.  Globals are shared, the library's too: we ask the kernel who
// we are.

#include <inc/lib.h>

#define LAST	10

static volatile int number;

void
umain(int argc, char **argv)
{
	envid_t peer;
	int seen;

	USED(argc), USED(argv);

	if ((peer = sfork()) < 0)
		panic("sfork: %e", peer);
	if (peer != 0) {
		cprintf("send 0 from %x to %x\n", sys_getenvid(), peer);
		ipc_send(peer, 0, NULL, 0);
	}

	do {
		ipc_recv(&peer, NULL, NULL);
		seen = number;
		cprintf("%x got %d from %x\n", sys_getenvid(), seen, peer);
		if (seen < LAST) {
			// Once it is sent the number may change at any time
			number = ++seen;
			ipc_send(peer, 0, NULL, 0);
		}
	} while (seen < LAST);
}
