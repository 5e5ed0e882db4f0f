// kern/lapic.c - the local APIC: this CPU's timer, and interrupts between CPUs.
//
// At one physical address, each CPU reaches its own local APIC.  A machine
// without local APICs has one CPU, and its timer interrupts come from the PIT
// through the PIC.
//
// Intel SDM 3A, chapter 10 (APIC) and 8.4 (start-up of processors).
//
// Entry points: lapic_init, lapic_eoi, lapic_startap.

// --------------------------------------------------------------- start-up

void
lapic_init(void)
{
	if (!lapicaddr)
		return;
	if (!lapic)
		lapic = mmio_map_region(lapicaddr, PGSIZE);
	lapic_on = true;

	lapic_write(LAPIC_SVR, SVR_ENABLE | (IRQ_OFFSET + IRQ_SPURIOUS));
	lapic_write(LAPIC_TIMER_DIVIDE, TIMER_DIVIDE_1);
	lapic_write(LAPIC_LVT_TIMER,
		TIMER_PERIODIC | (IRQ_OFFSET + IRQ_TIMER));
	lapic_write(LAPIC_TIMER_INITIAL, TIMER_COUNT);

	// Only the boot CPU takes the PIC's interrupts (LINT0) and the
	// machine's NMIs (LINT1).
	if (thiscpu != bootcpu)
		lapic_write(LAPIC_LVT_LINT0, LVT_MASKED);
	lapic_write(LAPIC_LVT_LINT1,
		thiscpu == bootcpu ? LVT_NMI : LVT_MASKED);
	if ((lapic[LAPIC_VERSION] >> 16 & 0xFF) >= 4)
		lapic_write(LAPIC_LVT_PERF, LVT_MASKED);
	lapic_write(LAPIC_LVT_ERROR, LVT_MASKED);

	lapic_write(LAPIC_ESR, 0);	// two writes clear it
	lapic_write(LAPIC_ESR, 0);
	lapic_write(LAPIC_EOI, 0);
	lapic_write(LAPIC_TPR, 0);	// take interrupts of any priority
}

void
lapic_eoi(void)
{
	if (lapic)
		lapic_write(LAPIC_EOI, 0);
}
