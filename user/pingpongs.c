// user/pingpongs.c - like pingpong, but the number is in memory that both
// environments share; the messages only pass the turn.
//
// Needs sfork, which shares all variables: so the id comes from sys_getenvid,
// not from a variable.

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
			// After ipc_send the other side may change number
			number = ++seen;
			ipc_send(peer, 0, NULL, 0);
		}
	} while (seen < LAST);
}
