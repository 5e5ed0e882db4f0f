// fs/ide.c - the disk: sectors of a drive on the first IDE channel.
//
// Entry points:
//   ide_probe_disk1	is there a second drive?
//   ide_set_disk	choose the drive that we use
//   ide_read, ide_write	move sectors
//   ide_flush		what was written is on the disk to stay
//
// Where it can, the disk moves them by itself (fs/dma.c).  Elsewhere, and where
// that fails, the processor moves every word and asks the drive whether it is
// ready (polling).  A drive that takes long is asked between other
// environments' turns, and is given up when it takes too long.  A command that
// failed is given again, a few times, for some errors pass.
//
// A drive has a cache of its own.  What is written may stay there, and goes to
// the disk in any order, until the drive is told to flush.

#include <inc/ide.h>
#include <inc/lib.h>

#include <fs/fs.h>

#define QUICK_POLLS	1000		// ask so often before giving way
#define MAX_POLLS	4000000		// some seconds on any machine
#define TRIES		3
#define SETTLE_READS	4		// 400 ns: then the status is new

bool ide_dma_wanted = true;
static int drive = 1;
static size_t multiple = 1;		// sectors that it moves at once
static uint8_t flush_command;		// 0 if the drive has none
static bool unflushed = true;		// it was given something since, maybe
					// by a server before us

// Wait until the drive is not busy and has set all status bits in want, or
// says that the command failed.  Returns its status, or -1 if it takes too
// long or there is no drive.
static int
ide_status(uint8_t want)
{
	for (int polls = 0; polls < MAX_POLLS; polls++) {
		uint8_t status = inb(IDE_STATUS);
		bool failed = status & (IDE_DF | IDE_ERR);

		if (status == IDE_NOBODY)
			return -1;
		if (!(status & IDE_BSY)
		    && ((status & want) == want || failed))
			return status;
		if (polls >= QUICK_POLLS)
			sys_yield();
	}
	return -1;
}

// Has the command gone well so far?
static bool
ide_ready(uint8_t want)
{
	int status = ide_status(want);

	return status >= 0 && !(status & (IDE_DF | IDE_ERR));
}

// Give the drive a command when it is idle.  How the command before ended
// does not matter any more.
static bool
ide_start(uint32_t secno, size_t nsecs, uint8_t cmd)
{
	assert(nsecs <= IDE_MAX_SECTS);

	if (ide_status(0) < 0)
		return false;
	ide_command(drive, secno, nsecs, cmd);
	return true;
}

// Begin anew: a server before us may have ended in the middle of a command, and
// a drive that wants data moved takes no other.
static void
ide_reset(void)
{
	dma_stop();
	outb(IDE_CONTROL, IDE_SRST | IDE_NIEN);
	for (int i = 0; i < QUICK_POLLS; i++)	// 5 us at least
		inb(IDE_STATUS);
	outb(IDE_CONTROL, IDE_NIEN);
}

// After a command, before its status counts
static void
settle(void)
{
	for (int i = 0; i < SETTLE_READS; i++)
		inb(IDE_CONTROL);
}

// Does a disk answer as this drive?  It does if it can say what it is.  Its
// status alone says little: after a reset, a drive may show an error.  An
// absent one reads as 0 (the other drive answers for it) or as all ones (nobody
// does), and one that is no hard disk refuses.
static bool
answers_identify(int number, uint16_t words[IDE_ID_WORDS])
{
	outb(IDE_DRIVE, 0xE0 | number << 4);
	if (ide_status(0) < 0)
		return false;
	ide_command(number, 0, 0, IDE_CMD_IDENTIFY);
	settle();
	if (inb(IDE_STATUS) == 0 || !ide_ready(IDE_DRQ))
		return false;
	insl(IDE_DATA, words, SECTSIZE / sizeof(uint32_t));
	return true;
}

bool
ide_probe_disk1(void)
{
	uint16_t words[IDE_ID_WORDS];

	ide_reset();
	ide_status(0);

	const bool present = answers_identify(1, words);

	outb(IDE_DRIVE, 0xE0);
	cprintf("Device 1 presence: %d\n", present);
	return present;
}

// How the drive is told to flush its cache.  One that has no command for it is
// so old that it has no cache.
static uint8_t
find_flush_command(void)
{
	uint16_t words[IDE_ID_WORDS];

	if (!answers_identify(drive, words)
	    || (words[IDE_ID_COMMANDS] & IDE_ID_VALID) != IDE_ID_IS_VALID)
		return 0;
	if (words[IDE_ID_COMMANDS] & IDE_ID_FLUSH)
		return IDE_CMD_FLUSH;
	return words[IDE_ID_COMMANDS] & IDE_ID_FLUSH_EXT ? IDE_CMD_FLUSH_EXT
		: 0;
}

// Use this drive, in the best way that works.
void
ide_set_disk(int number)
{
	if (number != 0 && number != 1)
		panic("bad disk number");
	drive = number;
	flush_command = find_flush_command();
	multiple = 1;
	if (ide_start(0, IDE_MULTIPLE, IDE_CMD_SET_MULTIPLE)
	    && ide_ready(IDE_DRDY))
		multiple = IDE_MULTIPLE;
	if (ide_dma_wanted && ide_status(0) >= 0 && dma_begin(drive))
		cprintf("The disk moves sectors by itself\n");
}

static int
read_polling(uint32_t secno, void *dst, size_t nsecs)
{
	const uint8_t cmd = multiple > 1 ? IDE_CMD_READ_MULTIPLE : IDE_CMD_READ;
	char *p = dst;

	if (!ide_start(secno, nsecs, cmd))
		return -1;
	for (size_t n; nsecs > 0; nsecs -= n, p += n * SECTSIZE) {
		if (!ide_ready(IDE_DRQ))
			return -1;
		n = MIN(nsecs, multiple);
		insl(IDE_DATA, p, n * SECTSIZE / 4);
	}
	return 0;
}

static int
write_polling(uint32_t secno, const void *src, size_t nsecs)
{
	const uint8_t cmd = multiple > 1 ? IDE_CMD_WRITE_MULTIPLE
		: IDE_CMD_WRITE;
	const char *p = src;

	if (!ide_start(secno, nsecs, cmd))
		return -1;
	for (size_t n; nsecs > 0; nsecs -= n, p += n * SECTSIZE) {
		if (!ide_ready(IDE_DRQ))
			return -1;
		n = MIN(nsecs, multiple);
		outsl(IDE_DATA, p, n * SECTSIZE / 4);
	}
	return ide_ready(IDE_DRDY) ? 0 : -1;
}

static int
read_once(uint32_t secno, void *dst, size_t nsecs)
{
	assert(nsecs <= IDE_MAX_SECTS);
	if (ide_status(0) >= 0 && dma_transfer(drive, secno, dst, nsecs, false))
		return 0;
	return read_polling(secno, dst, nsecs);
}

static int
write_once(uint32_t secno, const void *src, size_t nsecs)
{
	assert(nsecs <= IDE_MAX_SECTS);
	if (ide_status(0) >= 0
	    && dma_transfer(drive, secno, (void *) src, nsecs, true))
		return 0;
	return write_polling(secno, src, nsecs);
}

// Did the drive itself say no?  One that says nothing is not asked again.
static bool
drive_refuses(void)
{
	uint8_t status = inb(IDE_STATUS);

	return status != IDE_NOBODY && !(status & IDE_BSY)
		&& (status & (IDE_DF | IDE_ERR));
}

// Read nsecs sectors, at most IDE_MAX_SECTS, from secno on.  Returns 0 or -1.
int
ide_read(uint32_t secno, void *dst, size_t nsecs)
{
	int r, tries = 0;

	do
		r = read_once(secno, dst, nsecs);
	while (r < 0 && drive_refuses() && ++tries < TRIES);
	return r;
}

// Write them.  When this returns 0, the drive has them, and reads them so; on
// the disk they are after ide_flush.
int
ide_write(uint32_t secno, const void *src, size_t nsecs)
{
	int r, tries = 0;

	unflushed = true;
	do
		r = write_once(secno, src, nsecs);
	while (r < 0 && drive_refuses() && ++tries < TRIES);
	return r;
}

static bool
flush_once(void)
{
	if (ide_status(0) < 0)
		return false;
	if (!dma_command(drive, flush_command)) {
		ide_command(drive, 0, 0, flush_command);
		settle();
	}
	return ide_ready(IDE_DRDY);
}

// Have all on the disk that was written: what is written from now on gets there
// later.  Returns 0 or -1.
int
ide_flush(void)
{
	int tries = 0;

	while (unflushed && flush_command != 0) {
		if (flush_once())
			unflushed = false;
		else if (!drive_refuses() || ++tries == TRIES)
			return -1;
	}
	return 0;
}
