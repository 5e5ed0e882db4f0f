// fs/dma.c - DMA: the bus master of the IDE controller moves sectors between
// disk and memory, and the server sleeps until it interrupts.
//
// The controller is a device on the PCI bus.  It takes a table of physical
// regions, one for each page here, for consecutive pages of virtual memory need
// not be consecutive in physical memory.
//
// PCI Local Bus 2.1, 3.2.2.3.2 (configuration); SFF-8038i, Programming
// Interface for Bus Master IDE Controller; ATA/ATAPI-4 for the commands.
//
// Entry points:
//   dma_stop		stop a transfer
//   dma_begin		is there a bus master that works with this drive?
//   dma_transfer	move sectors
//   dma_command	a command that moves nothing
//
// If the server ends during a transfer, the kernel stops the transfer before it
// frees the server's pages, at the port that was passed to sys_irq_wait.

#include <inc/ide.h>
#include <inc/lib.h>

#include <fs/fs.h>

// ----------------------------------------------------------------- PCI bus

#define PCI_ADDRESS	0xCF8		// which word of whose configuration
#define PCI_DATA	0xCFC		// that word
#define PCI_ENABLE	0x80000000

// Offsets in a device's configuration
#define PCI_COMMAND	0x04
#define PCI_CLASS	0x08		// class, subclass, interface, revision
#define PCI_BAR4	0x20		// of an IDE controller: the bus master

#define PCI_COMMAND_IO	0x0001		// answers at its ports
#define PCI_COMMAND_BM	0x0004		// may use memory by itself
#define PCI_IDE		0x0101		// class and subclass
#define PCI_IDE_BM	0x80		// interface: has a bus master
#define PCI_IDE_NATIVE	0x01		// ... and not the ports of inc/ide.h
#define PCI_BAR_IO	0x1		// ports rather than memory
#define PCI_NFUNCTIONS	(32 * 8)	// of one bus: 32 devices of 8 each

static uint32_t
pci_read(uint32_t function, int offset)
{
	outl(PCI_ADDRESS, PCI_ENABLE | function << 8 | offset);
	return inl(PCI_DATA);
}

static bool
is_ide_with_bus_master(uint32_t class)
{
	return class >> 16 == PCI_IDE && (class >> 8 & PCI_IDE_BM)
		&& !(class >> 8 & PCI_IDE_NATIVE);
}

// The first port of the bus master for our channel, or 0 if there is none.
// Where there is no PCI, everything reads as ones.
static int
find_bus_master(void)
{
	for (uint32_t f = 0; f < PCI_NFUNCTIONS; f++) {
		if (!is_ide_with_bus_master(pci_read(f, PCI_CLASS)))
			continue;
		uint32_t bar = pci_read(f, PCI_BAR4);
		if (!(bar & PCI_BAR_IO) || (bar & 0xFFF0) == 0)
			continue;
		uint16_t command = pci_read(f, PCI_COMMAND);
		outw(PCI_DATA, command | PCI_COMMAND_IO | PCI_COMMAND_BM);
		return bar & 0xFFF0;
	}
	return 0;
}

// -------------------------------------------------------------- bus master

// Its ports for the first channel, from bus_master on
#define BM_COMMAND	0
#define BM_STATUS	2
#define BM_TABLE	4

#define BM_START	0x01		// command
#define BM_TO_MEMORY	0x08
#define BM_ERROR	0x02		// status; writing a 1 clears it
#define BM_INTERRUPT	0x04		// the same: the drive has interrupted

// A region does not cross a multiple of 64 KiB, nor does the table.
struct Region {
	uint32_t pa;			// even
	uint16_t size;			// bytes; even
	uint16_t flags;
};

#define REGION_LAST	0x8000		// flags
#define NREGIONS	(IDE_MAX_SECTS * SECTSIZE / PGSIZE + 1)

static volatile struct Region table[NREGIONS] __attribute__((aligned(512)));
_Static_assert(sizeof(table) <= 512, "the table is within a page");

static int bus_master;			// 0: none was found
static bool usable;			// DMA works with the drive

// Timeouts, in tenths of a second
#define DMA_TIMEOUT	100
#define FLUSH_TIMEOUT	600		// of a command that flushes the cache

void
dma_stop(void)
{
	if (!bus_master)
		bus_master = find_bus_master();
	if (bus_master)
		outb(bus_master + BM_COMMAND, 0);
}

static physaddr_t
physical(const volatile void *va)
{
	return PTE_ADDR(uvpt[PGNUM(va)]) + PGOFF(va);
}

// Fill the table with the physical regions of this memory.  Returns false if
// the bus master cannot use it: an address is odd, or a page is not mapped.
static bool
fill_table(const char *mem, size_t size)
{
	volatile struct Region *region = table;

	if ((uintptr_t) mem % 2 != 0)
		return false;
	for (size_t n; size > 0; region++, mem += n, size -= n) {
		if (!page_is_mapped(mem))
			return false;
		n = MIN(size, PGSIZE - PGOFF(mem));
		region->pa = physical(mem);
		region->size = n;
		region->flags = n == size ? REGION_LAST : 0;
	}
	return true;
}

// Sleep until the bus master is done.  Returns its status; or an error if
// the kernel does not let us, or nothing happens.
static int
sleep_until_done(void)
{
	for (int i = 0; i < DMA_TIMEOUT; i++) {
		int r = sys_irq_wait(IRQ_IDE, bus_master + BM_COMMAND);
		uint8_t status = inb(bus_master + BM_STATUS);

		if (r < 0)
			return r;
		if (status & (BM_INTERRUPT | BM_ERROR))
			return status;
	}
	return -E_UNSPECIFIED;
}

// Transfer sectors from or to the regions of the table.  Returns what
// sleep_until_done returns.
static int
run_bus_master(int drive, uint32_t secno, size_t nsecs, bool write)
{
	const uint8_t direction = write ? 0 : BM_TO_MEMORY;
	const uint8_t old = inb(bus_master + BM_STATUS);

	outl(bus_master + BM_TABLE, physical(table));
	outb(bus_master + BM_STATUS, old | BM_ERROR | BM_INTERRUPT);
	outb(bus_master + BM_COMMAND, direction);
	outb(IDE_CONTROL, 0);
	ide_command(drive, secno, nsecs,
		write ? IDE_CMD_WRITE_DMA : IDE_CMD_READ_DMA);
	outb(bus_master + BM_COMMAND, direction | BM_START);

	int status = sleep_until_done();

	outb(bus_master + BM_COMMAND, 0);
	outb(IDE_CONTROL, IDE_NIEN);
	return status;
}

// Move nsecs sectors, at most IDE_MAX_SECTS, between the disk from secno on
// and memory.  The drive must be idle.  Returns whether that went well.
bool
dma_transfer(int drive, uint32_t secno, void *mem, size_t nsecs, bool write)
{
	if (!usable || !fill_table(mem, nsecs * SECTSIZE))
		return false;

	int status = run_bus_master(drive, secno, nsecs, write);

	if (status < 0)
		usable = false;		// nor would another transfer work
	return status >= 0 && !(status & BM_ERROR)
		&& !(inb(IDE_STATUS)
			& (IDE_BSY | IDE_DF | IDE_DRQ | IDE_ERR));
}

// Give the drive, which must be idle, a command that moves nothing, and sleep
// until it is done: its status says how that went.  Returns false, having done
// nothing, where interrupts do not work.
bool
dma_command(int drive, uint8_t cmd)
{
	if (!usable)
		return false;
	outb(IDE_CONTROL, 0);
	ide_command(drive, 0, 0, cmd);
	for (int i = 0; i < FLUSH_TIMEOUT; i++)
		if (sys_irq_wait(IRQ_IDE, bus_master + BM_COMMAND) < 0
		    || !(inb(IDE_STATUS) & IDE_BSY))
			break;
	outb(IDE_CONTROL, IDE_NIEN);
	return true;
}

// Does sys_irq_wait work, and does the drive interrupt?  Tried with a command
// that moves nothing: the kernel must know the port that stops the bus master
// before the first transfer to the server's memory.
static bool
interrupts_work(int drive)
{
	outb(IDE_CONTROL, 0);
	ide_command(drive, 0, IDE_MULTIPLE, IDE_CMD_SET_MULTIPLE);
	int r = sys_irq_wait(IRQ_IDE, bus_master + BM_COMMAND);
	outb(IDE_CONTROL, IDE_NIEN);
	return r == 1;
}

// The drive must be idle.  Reads a sector, to see if it works.
bool
dma_begin(int drive)
{
	static char sector[SECTSIZE] __attribute__((aligned(2)));

	usable = bus_master && interrupts_work(drive);
	usable = dma_transfer(drive, 0, sector, 1, false);
	return usable;
}
