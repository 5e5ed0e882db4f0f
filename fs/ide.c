// fs/ide.c - the disk: sectors of a drive on the first IDE channel.
//
// Entry points:
//   ide_probe_disk1	is there a second drive?
//   ide_set_disk	choose the drive to use
//   ide_read, ide_write	move sectors
//   ide_flush		make the drive write its cache to the disk
//
// Sectors are moved by DMA if possible (fs/dma.c).  Otherwise, and if DMA
// fails, the processor moves every word and polls the drive until it is ready.
// If the drive is slow, ide_status yields between polls, and in the end gives
// up (a timeout).  A command that failed is retried a few times, because some
// errors are transient.  A disk in memory takes the place of all drives, if there
// is one (fs/ramdisk.c).
//
// A drive has a cache of its own.  Data that was written may stay there, and
// reaches the disk in any order, until ide_flush.

#include <inc/ide.h>
#include <inc/lib.h>

#include <fs/fs.h>

#define QUICK_POLLS	1000		// polls before ide_status yields
#define MAX_POLLS	4000000		// timeout: some seconds at least
#define ATTEMPTS	3		// at a command that fails
#define SETTLE_READS	4		// 400 ns: then the status is valid

bool ide_dma_wanted = true;
static bool in_memory;			// fs/ramdisk.c has the disk
static int drive = 1;
static size_t multiple = 1;		// sectors for each IDE_DRQ
static uint8_t flush_command;		// 0 if the drive has none
static bool unflushed = true;		// written to since the last ide_flush,
					// perhaps by an earlier server

// Wait until the drive is not busy and has set all status bits in want, or
// reports that the command failed.  Returns the status, or -1 at the timeout or
// if there is no drive.
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

// Wait like ide_status.  Returns whether the drive reports no error.
static bool
ide_ready(uint8_t want)
{
	int status = ide_status(want);

	return status >= 0 && !(status & (IDE_DF | IDE_ERR));
}

// Start a command when the drive is idle, whether or not the previous command
// failed.
static bool
ide_start(uint32_t secno, size_t nsecs, uint8_t cmd)
{
	assert(nsecs <= IDE_MAX_SECTS);

	if (ide_status(0) < 0)
		return false;
	ide_command(drive, secno, nsecs, cmd);
	return true;
}

// Reset the drives: an earlier file server may have ended in the middle of a
// command, and a drive that expects to transfer data takes no other command.
static void
ide_reset(void)
{
	dma_stop();
	outb(IDE_CONTROL, IDE_SRST | IDE_NIEN);
	for (int i = 0; i < QUICK_POLLS; i++)	// at least 5 us
		inb(IDE_STATUS);
	outb(IDE_CONTROL, IDE_NIEN);
}

// Wait after a command, until the status register is valid.
static void
settle(void)
{
	for (int i = 0; i < SETTLE_READS; i++)
		inb(IDE_CONTROL);
}

// Is drive `number` a hard disk?  If it is, IDENTIFY succeeds.  The status
// after a reset would not tell, because a disk may show an error then.  The
// status of a missing drive reads as 0, if there is another drive on the
// channel, or else as all ones.  A drive that is no hard disk refuses IDENTIFY.
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
	bool present = in_memory = ram_begin();

	if (!in_memory) {
		ide_reset();
		ide_status(0);
		present = answers_identify(1, words);
		outb(IDE_DRIVE, 0xE0);
	}
	cprintf("Device 1 presence: %d\n", present);
	return present;
}

// The command that flushes the drive's cache; 0 if the drive has none, which
// is then so old that it has no cache.
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

// Use this drive: with DMA and several sectors for each IDE_DRQ if it can.
void
ide_set_disk(int number)
{
	if (number != 0 && number != 1)
		panic("bad disk number");
	if (in_memory)
		return;
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
	if (in_memory)
		return ram_move(secno, dst, nsecs, false);
	if (ide_status(0) >= 0 && dma_transfer(drive, secno, dst, nsecs, false))
		return 0;
	return read_polling(secno, dst, nsecs);
}

static int
write_once(uint32_t secno, const void *src, size_t nsecs)
{
	assert(nsecs <= IDE_MAX_SECTS);
	if (in_memory)
		return ram_move(secno, (void *) src, nsecs, true);
	if (ide_status(0) >= 0
	    && dma_transfer(drive, secno, (void *) src, nsecs, true))
		return 0;
	return write_polling(secno, src, nsecs);
}

// Did the drive report an error?  After a timeout a retry would be in vain.
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
	while (r < 0 && drive_refuses() && ++tries < ATTEMPTS);
	return r;
}

// Write nsecs sectors, at most IDE_MAX_SECTS, from secno on.  Returns 0 or -1.
// ide_read sees them at once, but only after ide_flush are they on the disk.
int
ide_write(uint32_t secno, const void *src, size_t nsecs)
{
	int r, tries = 0;

	unflushed = true;
	do
		r = write_once(secno, src, nsecs);
	while (r < 0 && drive_refuses() && ++tries < ATTEMPTS);
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

// Make the drive write its cache, so that all earlier writes are on the disk
// before any later one.  Returns 0 or -1.
int
ide_flush(void)
{
	int tries = 0;

	while (unflushed && flush_command != 0) {
		if (flush_once())
			unflushed = false;
		else if (!drive_refuses() || ++tries == ATTEMPTS)
			return -1;
	}
	return 0;
}
