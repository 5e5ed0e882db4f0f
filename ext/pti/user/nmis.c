// ext/pti/user/nmis.c - NMIs at any instruction of the ways in and out.
//
// Workers come into the kernel all the time, by calls and by page faults, and
// check what comes of it, while another program sends NMIs to their CPUs.
//
// The argument is the number of NMIs.

#include <ext/pti/pti.h>
#include <tests/user/test.h>

#define WORKERS		3
#define UNMAPPED	0x0A000000

static volatile uint32_t fault_va;

static void
note(struct UTrapframe *utf)
{
	fault_va = utf->utf_fault_va;
	utf->utf_eip += 2;		// behind the movb
}

static void __attribute__((noreturn))
work(void)
{
	const envid_t me = sys_getenvid();

	fault_va = 0;			// a copy of its page, by fork's handler
	set_pgfault_handler(note);
	for (uint32_t i = 0; ; i = (i + 1) % NPTENTRIES) {
		if (sys_getenvid() != me)
			panic("another id");
		if (sys_page_unmap(0, (void *) 1) != -E_INVAL)
			panic("a wrong result");
		if (i % 16 != 0)
			continue;
		__asm__ volatile("movb (%0), %%al"
			: : "c" (UNMAPPED + i * PGSIZE) : "eax", "memory");
		if (fault_va != UNMAPPED + i * PGSIZE)
			panic("a fault at %08x, not %08x", fault_va,
				UNMAPPED + i * PGSIZE);
	}
}

void
umain(int argc, char **argv)
{
	const long nmis = argc > 1 ? strtol(argv[1], NULL, 10) : 1000;
	envid_t workers[WORKERS];

	for (int i = 0; i < WORKERS; i++)
		if ((workers[i] = fork_or_panic()) == 0)
			work();
	for (long i = 0; i < nmis; i++) {
		const envid_t worker = workers[i % WORKERS];

		must("DEBUG_NMI", sys_debug(DEBUG_NMI,
			envs[ENVX(worker)].env_cpunum));
		if (i % 64 == 0)
			sys_yield();
		if (is_gone(worker))
			panic("a worker has ended");
	}
	for (int i = 0; i < WORKERS; i++)
		destroy_and_wait(workers[i]);
	cprintf("nmis ok\n");
}
