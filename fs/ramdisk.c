// fs/ramdisk.c - a disk in memory, for runs that are to be repeated exactly.
//
// A drive finishes its transfers by this computer's clock, so no two runs with
// one are equal.  If QEMU's firmware configuration device has an image of a
// disk, as item opt/jos/disk, the server copies it to its own memory once, and
// that is the disk: it is always ready, and forgets what was written when the
// server ends.
//
// The device copies to a physical address what the item selected holds, on from
// where the last copy ended, before the outl that asks for it is done.  All its
// numbers are big-endian.  QEMU, docs/specs/fw_cfg.
//
// Entry points: ram_begin, ram_move.

#include <inc/ide.h>
#include <inc/lib.h>

#include <fs/fs.h>

#define RAMDISK		0x08000000	// the copy
#define RAMDISK_MAX	0x07000000	// bytes

#define FWCFG_SELECTOR	0x510
#define FWCFG_DATA	0x511
#define FWCFG_DMA_LOW	0x518		// the request's address; starts it

#define FWCFG_SIGNATURE	0x0000		// reads "QEMU"
#define FWCFG_DIRECTORY	0x0019
#define FWCFG_DISK	"opt/jos/disk"

#define FWCFG_READ	0x02		// control: copy; then it is 0

struct FwcfgRequest {
	uint32_t control, length;
	uint32_t pa_high, pa;
};

struct FwcfgFile {			// in the directory
	uint32_t size;
	uint16_t key, reserved;
	char name[56];
};

static uint32_t nsectors;		// 0: there is no such disk

// Find the item, and select it.  Returns its size, or 0 if it is not there.
static uint32_t
select_disk(void)
{
	struct FwcfgFile file;
	char signature[4];
	uint32_t n;

	outw(FWCFG_SELECTOR, FWCFG_SIGNATURE);
	insb(FWCFG_DATA, signature, sizeof(signature));
	if (strncmp(signature, "QEMU", sizeof(signature)) != 0)
		return 0;
	outw(FWCFG_SELECTOR, FWCFG_DIRECTORY);
	insb(FWCFG_DATA, &n, sizeof(n));
	for (n = __builtin_bswap32(n); n > 0; n--) {
		insb(FWCFG_DATA, &file, sizeof(file));
		if (strcmp(file.name, FWCFG_DISK) == 0) {
			outw(FWCFG_SELECTOR, __builtin_bswap16(file.key));
			return __builtin_bswap32(file.size);
		}
	}
	return 0;
}

// Have the device fill this page.
static void
copy_page(void *page)
{
	static volatile struct FwcfgRequest request
		__attribute__((aligned(sizeof(struct FwcfgRequest))));
	int r;

	if ((r = sys_page_alloc(0, page, PTE_P | PTE_U | PTE_W)) < 0)
		panic("no memory for the disk: %e", r);
	request.length = __builtin_bswap32(PGSIZE);
	request.pa_high = 0;
	request.pa = __builtin_bswap32(PTE_ADDR(uvpt[PGNUM(page)]));
	request.control = __builtin_bswap32(FWCFG_READ);
	outl(FWCFG_DMA_LOW, __builtin_bswap32(
		PTE_ADDR(uvpt[PGNUM(&request)]) + PGOFF(&request)));
	if (request.control != 0)
		panic("QEMU does not copy the disk");
}

// Take the disk into memory.  Returns whether there is one.
bool
ram_begin(void)
{
	const uint32_t size = select_disk();

	if (size > RAMDISK_MAX)
		panic("a disk of %u bytes is too large for memory", size);
	for (uint32_t at = 0; at < size; at += PGSIZE)
		copy_page((char *) RAMDISK + at);
	nsectors = size / SECTSIZE;
	return nsectors > 0;
}

// Move sectors between the disk and mem.  Returns 0, or -1 if the disk has no
// such sectors.
int
ram_move(uint32_t secno, void *mem, size_t nsecs, bool write)
{
	char *disk = (char *) RAMDISK + secno * SECTSIZE;

	if (secno > nsectors || nsecs > nsectors - secno)
		return -1;
	if (write)
		memmove(disk, mem, nsecs * SECTSIZE);
	else
		memmove(mem, disk, nsecs * SECTSIZE);
	return 0;
}
