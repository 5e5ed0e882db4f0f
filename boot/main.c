// boot/main.c - the boot loader: reads the kernel from the first disk, and
// jumps to it.
//
// Sector 0 of the disk is this program, and sector 1 is where the kernel
// begins, an ELF file (inc/elf.h).  Its program headers say which bytes of
// the file go where in memory.  Sectors are read to where they are to stay, so
// an address must be as far into a sector as its bytes are in the file.  What
// comes along at the ends of a segment is neighbours in the file: the linker
// puts them on pages of their own, and those behind are read after it.
//
//   EXTPHYSMEM, 1 MiB	the kernel, KERNEL_ROOM at most
//   ELFHDR, 64 KiB	the first sectors of the file, with its headers
//
// This and boot.S have to fit into 510 bytes, with every compiler; that is why
// all trouble ends in one place, and what the hints to compilers are for.
//
// Entry point: bootmain, called by boot.S; it does not return.

#include <inc/elf.h>
#include <inc/ide.h>
#include <inc/memlayout.h>
#include <inc/x86.h>

#define KERN_SECT	1		// where on the disk the kernel begins
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

// Wait until the disk has carried out its command; its status.  A BIOS may
// start us from something else: IDE_NOBODY comes at once when there is no disk.
uint8_t __attribute__((noinline))
waitdisk(void)
{
	uint8_t status;

	// As signed numbers, what has IDE_BSY set is less than 0, and
	// IDE_NOBODY is the greatest of them.  An emulator may use the pause to
	// carry out the command.
	do {
		pause();
		status = inb(IDE_STATUS);
	} while ((int8_t) status < (int8_t) IDE_NOBODY);
	return status;
}

// Take a sector from the disk, which has it ready; returns the address after
// it.
static inline uint32_t
readsect(uint32_t pa)
{
	uint32_t n = SECTSIZE / 4;

	__asm__ volatile("rep insl"
		: "+D" (pa), "+c" (n) : "d" (IDE_DATA) : "memory");
	return pa;
}

// Read the count bytes that begin offset bytes into the kernel's file to pa,
// in whole sectors.  The faster command has the drive fetch several before it
// asks us to take them; the plain one is for drives that do not know it, or
// have not been told how many.
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
				break;	// once more from here on
			}
			pa = readsect(pa);
			sect++;
		} while (--nsecs % IDE_MAX_SECTS != 0);
	}
}

// Is this the header of a program for this machine, with its first
// instruction where a kernel may be?
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

	__asm__("" : "+r" (elf));	// another hint: in a register
	readseg((uint32_t) elf, HEADERS_SIZE, 0);

	// And one to put the call of fail here, near to all jumps to it
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
