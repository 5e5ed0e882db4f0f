// kern/init.c - the kernel's first C code: start everything, in order.

void
i386_init(void)
{
	cons_init();			// from here on cprintf works
	lab_init();			// which lab, so how far to go?
	cprintf("6828 decimal is %o octal!\n", 6828);

	if (lab->backtrace_test)
		test_backtrace(5);
	if (lab->memory)
		mem_init();		// pages, and the kernel's address space
	if (lab->user) {
		env_init();		// a table of free environments
		trap_init();		// traps and system calls come in
	}
	if (lab->smp) {
		mp_init();		// which other CPUs are there?
		lapic_init();		// this CPU's timer
		pic_init();		// keyboard and serial interrupts
		lock_kernel();		// held until the first env_run
		boot_aps();		// the other CPUs wait for the lock
	}
	if (lab->user) {
		first_envs();
		if (lab->smp)
			sched_yield();
		env_run(&envs[0]);
	}
	while (1)
		monitor(NULL);
}

void
boot_aps(void)
{
	extern unsigned char mpentry_start[], mpentry_end[];

	memmove(KADDR(MPENTRY_PADDR), mpentry_start,
		mpentry_end - mpentry_start);
	for (int i = 1; i < ncpu; i++) {
		mpentry_kstack = percpu_kstacks[i] + KSTKSIZE;
		cpu_of_tss[0].cpu = &cpus[i];
		lapic_startap(cpu_apicid[i], MPENTRY_PADDR);
		while (cpus[i].cpu_status != CPU_STARTED)
			pause();
	}
}

void
mp_main(void)
{
	lcr3(PADDR(kern_pgdir));	// now the local APIC is mapped
	cprintf("SMP: CPU %d starting\n", cpunum());

	lapic_init();
	env_init_percpu();
	trap_init_percpu();
	xchg(&thiscpu->cpu_status, CPU_STARTED);	// boot_aps may go on

	lock_kernel();
	sched_yield();
}
