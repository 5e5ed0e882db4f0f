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
#define IDE_DRIVE	0x1F6		// drive, and the top four bits of the LBA
#define IDE_STATUS	0x1F7		// in
#define IDE_COMMAND	0x1F7		// out
#define IDE_CONTROL	0x3F6		// out

#define IDE_SRST	0x04		// control: both drives begin anew
#define IDE_NIEN	0x02		// control: no interrupts
#define IDE_BSY		0x80		// status: no other bit means anything
#define IDE_DRDY	0x40		// takes commands
#define IDE_DF		0x20		// drive fault
#define IDE_DRQ		0x08		// wants data moved
#define IDE_ERR		0x01		// the command failed
#define IDE_NOBODY	0xFF		// no drive answers

#define IDE_CMD_READ	0x20
#define IDE_CMD_WRITE	0x30
#define IDE_CMD_READ_MULTIPLE	0xC4	// several sectors between two waits
#define IDE_CMD_WRITE_MULTIPLE	0xC5
#define IDE_CMD_SET_MULTIPLE	0xC6	// how many, as the count
#define IDE_CMD_READ_DMA	0xC8
#define IDE_CMD_WRITE_DMA	0xCA
#define IDE_CMD_FLUSH		0xE7	// what it keeps goes to the disk
#define IDE_CMD_FLUSH_EXT	0xEA	// the same, with 48-bit numbers
#define IDE_CMD_IDENTIFY	0xEC	// a sector about the drive

// Words of what IDENTIFY brings
#define IDE_ID_COMMANDS	83		// which commands the drive has
#define IDE_ID_VALID		0xC000	// bits of it: the word means something
#define IDE_ID_IS_VALID		0x4000	// ... if these two are so
#define IDE_ID_FLUSH		0x1000
#define IDE_ID_FLUSH_EXT	0x2000
#define IDE_ID_WORDS	(SECTSIZE / 2)

#define IDE_MULTIPLE	16		// sectors; what drives can do

// Give the drive (0 or 1) a command on nsecs sectors from lba on.
static inline void
ide_command(int drive, uint32_t lba, unsigned nsecs, uint8_t cmd)
{
	// The bytes of this go to the four ports before the command's.  The
	// last is never 0.
	uint32_t where = lba | 0xE0000000 | drive << 28;
	int port = IDE_LBA_LOW;

	outb(IDE_COUNT, nsecs);
	for (; where != 0; where >>= 8) {
		outb(port, where);
		port++;
		// A hint for the boot sector: keep it where outb wants it
		__asm__("" : "+d" (port));
	}
	outb(port, cmd);
}

#endif // JOS_INC_IDE_H
