// kern/kclock.h - the clock chip of the PC and its battery-backed memory.

#ifndef JOS_KERN_KCLOCK_H
#define JOS_KERN_KCLOCK_H

#include <inc/types.h>

// Ports: the number of a register, and its contents
#define IO_RTC		0x70
#define IO_RTC_DATA	0x71

// Registers: the clock's come first, the rest is memory that the BIOS has
// filled in.  Each NVRAM_ register is a low byte; its high byte comes next.
#define MC_NVRAM_START	0xE
#define NVRAM_BASELO	0x15		// memory below 1 MiB, in KiB
#define NVRAM_EXTLO	0x17		// from 1 MiB on, in KiB
#define NVRAM_EXT16LO	0x34		// from 16 MiB on, in units of 64 KiB

unsigned mc146818_read(unsigned reg);
void mc146818_write(unsigned reg, unsigned datum);

// Store how much memory the BIOS found, in KiB: below the device hole, and in
// all.
void kclock_memory(size_t *base_kb, size_t *total_kb);

#endif // JOS_KERN_KCLOCK_H
