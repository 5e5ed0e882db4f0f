// boot/main.c - the boot loader: reads the kernel from the first disk and jumps
// to it.
//
// Sector 0 of the disk is the boot loader.  The kernel, an ELF file
// (inc/elf.h), begins at sector 1.  Its program headers say which bytes of the
// file go where in memory.  Whole sectors are read straight to their place in
// memory, so the address of a byte must have the byte's offset within its
// sector.  The bytes of the neighbouring segments that come with the first and
// last sector of a segment do no harm: the linker begins each segment on a new
// page, and segments are read in order.
//
//   EXTPHYSMEM, 1 MiB	the kernel, KERNEL_ROOM at most
//   ELFHDR, 64 KiB	the first sectors of the file, with its headers
//
// boot.S and main.c have to fit into 510 bytes with every compiler: so all
// errors end in fail, and the empty __asm__ statements are hints to compilers
// that save bytes.
//
// Entry point: bootmain, called by boot.S; it does not return.

#include <inc/elf.h>
#include <inc/ide.h>
#include <inc/memlayout.h>
#include <inc/x86.h>

#define KERN_SECT	1		// the kernel's first sector on the disk
#define ELFHDR		((const struct Elf *) 0x10000)
#define HEADERS_SIZE	(SECTSIZE * 8)

// boot/boot.S
void fail(void) __attribute__((noreturn));

// Fill n bytes with zeros, and up to 3 more.
static inline void
clear(uint32_t pa, uint32_t n)
{
	n = (n + 3) / 4;
	__asm__ volatile("rep stosl"
		: "+D" (pa), "+c" (n) : "a" (0) : "memory");
}

// Wait until the disk has carried out its command.  Returns the disk's status;
// if the BIOS has booted from another device and there is no disk, that is
// IDE_NOBODY, at once.
uint8_t __attribute__((noinline))
waitdisk(void)
{
	uint8_t status;

	// A busy drive's status is negative as a signed number, and
	// IDE_NOBODY is the greatest negative one.  pause gives an emulator
	// time to carry out the command.
	do {
		pause();
		status = inb(IDE_STATUS);
	} while ((int8_t) status < (int8_t) IDE_NOBODY);
	return status;
}

// Copy the sector that the disk has ready to pa.  Returns the address after the
// sector.
static inline uint32_t
readsect(uint32_t pa)
{
	uint32_t n = SECTSIZE / 4;

	__asm__ volatile("rep insl"
		: "+D" (pa), "+c" (n) : "d" (IDE_DATA) : "memory");
	return pa;
}

// Read count bytes of the kernel's file, from byte offset on, to pa, in whole
// sectors.  IDE_CMD_READ_MULTIPLE is faster, as the drive has several sectors
// ready at a time; IDE_CMD_READ is for drives that do not know the former, or
// whose number of sectors for it was never set.
void __attribute__((noinline))
readseg(uint32_t pa, uint32_t count, uint32_t offset)
{
	uint32_t sect = offset / SECTSIZE;
	uint32_t nsecs = (offset + count + SECTSIZE - 1) / SECTSIZE - sect;
	uint8_t cmd = IDE_CMD_READ_MULTIPLE;

	__asm__("" : "+r" (cmd));	// a hint that saves bytes
	pa -= pa % SECTSIZE;
	while (nsecs > 0) {
		// The drive sees the low byte of nsecs, and 0 as 256; after
		// the first command it is always 0, unless that failed.
		waitdisk();
		ide_command(0, KERN_SECT + sect, nsecs, cmd);
		do {
			if ((waitdisk() & (IDE_ERR | IDE_DF | IDE_DRQ))
					!= IDE_DRQ) {
				if (cmd == IDE_CMD_READ)
					fail();
				cmd = IDE_CMD_READ;
				break;	// read on from sect, with cmd
			}
			pa = readsect(pa);
			sect++;
		} while (--nsecs % IDE_MAX_SECTS != 0);
	}
}

// Is this the ELF header of a program for this machine whose first instruction
// lies where the kernel may be?
static inline bool
header_ok(const struct Elf *elf)
{
	return elf_header_ok(elf)
		&& elf->e_phoff + elf->e_phnum * sizeof(struct Proghdr)
			<= HEADERS_SIZE
		&& elf->e_entry - EXTPHYSMEM < KERNEL_ROOM;
}

void __attribute__((noreturn))
bootmain(void)
{
	const struct Elf *elf = ELFHDR;

	__asm__("" : "+r" (elf));	// a hint: in a register
	readseg((uint32_t) elf, HEADERS_SIZE, 0);

	// A hint to put the call of fail here, near all jumps to it
	if (__builtin_expect(!header_ok(elf), 1))
		fail();

	const struct Proghdr *ph = (const void *) elf + elf->e_phoff;
	for (int n = elf->e_phnum; n > 0; n--, ph++) {
		if (ph->p_type != ELF_PROG_LOAD)
			continue;

		const uint32_t room = EXTPHYSMEM + KERNEL_ROOM - ph->p_pa;
		if (room > KERNEL_ROOM || ph->p_memsz > room
				|| ph->p_filesz > ph->p_memsz)
			fail();
		readseg(ph->p_pa, ph->p_filesz, ph->p_offset);
		clear(ph->p_pa + ph->p_filesz, ph->p_memsz - ph->p_filesz);
	}

	((void (*)(void)) elf->e_entry)();
	__builtin_unreachable();
}
