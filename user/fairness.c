// user/fairness.c - three environments: two send to the third for ever.
//
// The third prints the sender of each message.  Both senders should get through
// equally often.

#include <inc/lib.h>

void
umain(int argc, char **argv)
{
	envid_t receiver = sys_getenvid(), from, child = 0;

	USED(argc), USED(argv);

	for (int i = 0; i < 2; i++) {
		if ((child = fork()) < 0)
			panic("fork: %e", child);
		if (child == 0)
			break;
	}

	if (child == 0) {
		for (;;)
			ipc_send(receiver, 0, NULL, 0);
	}
	for (;;) {
		ipc_recv(&from, NULL, NULL);
		cprintf("%x recv from %x\n", receiver, from);
	}
}
