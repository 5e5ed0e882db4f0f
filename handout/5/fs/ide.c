// fs/ide.c - the disk: sectors of a drive on the first IDE channel.
//
// The processor moves every word, and polls the drive until it is ready.
//
// Entry points:
//   ide_probe_disk1	is there a second drive?
//   ide_set_disk	choose the drive to use
//   ide_read, ide_write	move sectors

// Wait until the drive is ready.  Returns 0, or -1 if the last command failed.
static int
ide_ready(void)
{
	uint8_t status;

	while (((status = inb(IDE_STATUS)) & (IDE_BSY | IDE_DRDY)) != IDE_DRDY)
		;
	return status & (IDE_DF | IDE_ERR) ? -1 : 0;
}

// How often the status of the second drive is read before it is said to be
// missing
#define PROBES		1000

bool
ide_probe_disk1(void)
{
	int i = 0;

	ide_ready();
	outb(IDE_DRIVE, 0xE0 | 1 << 4);
	while (i < PROBES && (inb(IDE_STATUS) & (IDE_BSY | IDE_DF | IDE_ERR)))
		i++;
	outb(IDE_DRIVE, 0xE0);
	cprintf("Device 1 presence: %d\n", i < PROBES);
	return i < PROBES;
}

void
ide_set_disk(int number)
{
	if (number != 0 && number != 1)
		panic("bad disk number");
	drive = number;
	ide_ready();
	ide_command(drive, 0, IDE_MULTIPLE, IDE_CMD_SET_MULTIPLE);
}

// Read nsecs sectors, at most IDE_MULTIPLE, from secno on.  Returns 0, or -1 if
// the disk cannot read them.
int
ide_read(uint32_t secno, void *dst, size_t nsecs)
{
	assert(nsecs <= IDE_MULTIPLE);
	ide_ready();
	ide_command(drive, secno, nsecs, IDE_CMD_READ_MULTIPLE);
	if (ide_ready() < 0)
		return -1;
	insl(IDE_DATA, dst, nsecs * SECTSIZE / 4);
	return 0;
}

// Write nsecs sectors, at most IDE_MULTIPLE, from secno on.  Returns 0, or -1 if
// the disk refuses.
int
ide_write(uint32_t secno, const void *src, size_t nsecs)
{
	assert(nsecs <= IDE_MULTIPLE);
	ide_ready();
	ide_command(drive, secno, nsecs, IDE_CMD_WRITE_MULTIPLE);
	if (ide_ready() < 0)
		return -1;
	outsl(IDE_DATA, src, nsecs * SECTSIZE / 4);
	return ide_ready();
}
