// user/faultdie.c - has a page-fault handler that prints the fault and exits.

#include <inc/lib.h>

static void
report(struct UTrapframe *utf)
{
	cprintf("i faulted at va %x, err %x\n", utf->utf_fault_va,
		utf->utf_err & (FEC_PR | FEC_WR | FEC_U));
	sys_env_destroy(sys_getenvid());
}

void
umain(int argc, char **argv)
{
	volatile uint32_t *volatile nowhere = (uint32_t *) 0xDEADBEEF;

	USED(argc), USED(argv);

	set_pgfault_handler(report);
	*nowhere = 0;
}
