// inc/ide.h - the first IDE channel, for the boot sector and the file server.
//
// AT Attachment (ATA/ATAPI-4), chapters 7 (registers) and 8 (commands).
// Sectors are numbered from 0 (LBA, 28 bits).

#ifndef JOS_INC_IDE_H
#define JOS_INC_IDE_H

#include <inc/types.h>
#include <inc/x86.h>

#define SECTSIZE	512
#define IDE_MAX_SECTS	256		// in one command

// Ports
#define IDE_DATA	0x1F0
#define IDE_COUNT	0x1F2		// sectors, 0 means 256
#define IDE_LBA_LOW	0x1F3
#define IDE_LBA_MID	0x1F4
#define IDE_LBA_HIGH	0x1F5
#define IDE_DRIVE	0x1F6		// drive, and LBA bits 24 to 27
#define IDE_STATUS	0x1F7		// in
#define IDE_COMMAND	0x1F7		// out
#define IDE_CONTROL	0x3F6		// out

#define IDE_SRST	0x04		// control: reset both drives
#define IDE_NIEN	0x02		// control: no interrupts
#define IDE_BSY		0x80		// status: busy, other bits are invalid
#define IDE_DRDY	0x40		// status: ready for a command
#define IDE_DF		0x20		// status: drive fault
#define IDE_DRQ		0x08		// status: ready to transfer data
#define IDE_ERR		0x01		// status: the command failed
#define IDE_NOBODY	0xFF		// status read where there is no drive

#define IDE_CMD_READ	0x20
#define IDE_CMD_WRITE	0x30
#define IDE_CMD_READ_MULTIPLE	0xC4	// several sectors for each IDE_DRQ
#define IDE_CMD_WRITE_MULTIPLE	0xC5
#define IDE_CMD_SET_MULTIPLE	0xC6	// how many sectors that is
#define IDE_CMD_READ_DMA	0xC8
#define IDE_CMD_WRITE_DMA	0xCA
#define IDE_CMD_FLUSH		0xE7	// write the drive's cache to the disk
#define IDE_CMD_FLUSH_EXT	0xEA	// flush, on drives with 48-bit LBAs
#define IDE_CMD_IDENTIFY	0xEC	// read a sector about the drive

// The sector that IDENTIFY reads, in words
#define IDE_ID_COMMANDS	83		// the word with the supported commands
#define IDE_ID_VALID		0xC000	// the word is valid if these bits ...
#define IDE_ID_IS_VALID		0x4000	// ... have this value
#define IDE_ID_FLUSH		0x1000
#define IDE_ID_FLUSH_EXT	0x2000
#define IDE_ID_WORDS	(SECTSIZE / 2)

#define IDE_MULTIPLE	16		// sectors for each IDE_DRQ

// Give the drive (0 or 1) a command on nsecs sectors from lba on.
static inline void
ide_command(int drive, uint32_t lba, unsigned nsecs, uint8_t cmd)
{
	// The bytes of `where` go to the four ports from IDE_LBA_LOW on.  The
	// last byte is never 0, so the loop writes all four.
	uint32_t where = lba | 0xE0000000 | drive << 28;
	int port = IDE_LBA_LOW;

	outb(IDE_COUNT, nsecs);
	for (; where != 0; where >>= 8) {
		outb(port, where);
		port++;
		// Keep port in %edx, where outb needs it: the boot sector must
		// be small
		__asm__("" : "+d" (port));
	}
	outb(port, cmd);
}

#endif // JOS_INC_IDE_H
