// user/pingpong.c - two environments send a number to and fro, and add 1 each
// time, until it is 10.

#include <inc/lib.h>

#define LAST	10

void
umain(int argc, char **argv)
{
	envid_t peer;
	uint32_t value;

	USED(argc), USED(argv);

	if ((peer = fork()) < 0)
		panic("fork: %e", peer);
	if (peer != 0) {
		// The parent sends first
		cprintf("send 0 from %x to %x\n", sys_getenvid(), peer);
		ipc_send(peer, 0, NULL, 0);
	}

	do {
		value = ipc_recv(&peer, NULL, NULL);
		cprintf("%x got %d from %x\n", sys_getenvid(), value, peer);
		if (value < LAST)
			ipc_send(peer, ++value, NULL, 0);
	} while (value < LAST);
}
