// kern/kclock.c - the clock chip of the PC (MC146818).
//
// The kernel does not need the time, but the size of main memory, which the
// BIOS leaves in the chip's memory.
//
// Entry points: mc146818_read, mc146818_write, kclock_memory.

#include <inc/memlayout.h>
#include <inc/x86.h>

#include <kern/kclock.h>

unsigned
mc146818_read(unsigned reg)
{
	outb(IO_RTC, reg);
	return inb(IO_RTC_DATA);
}

void
mc146818_write(unsigned reg, unsigned datum)
{
	outb(IO_RTC, reg);
	outb(IO_RTC_DATA, datum);
}

// Returns the two-byte number whose low byte is in register lo.
static size_t
nvram_number(unsigned lo)
{
	return mc146818_read(lo) + 256 * mc146818_read(lo + 1);
}

void
kclock_memory(size_t *base_kb, size_t *total_kb)
{
	const size_t base = nvram_number(NVRAM_BASELO);
	const size_t ext = nvram_number(NVRAM_EXTLO);
	const size_t ext16 = nvram_number(NVRAM_EXT16LO);

	*base_kb = MIN(base, (size_t) IOPHYSMEM / 1024);
	if (ext16 > 0)
		*total_kb = 16 * 1024 + 64 * ext16;
	else if (ext > 0)
		*total_kb = 1024 + ext;
	else
		*total_kb = *base_kb;
}
