// boot/main.c - the boot loader: reads the kernel from the first disk, and
// jumps to it.
//
// Sector 0 of the disk is this program, and sector 1 is where the kernel
// begins, an ELF file (inc/elf.h).  Its program headers say which bytes of
// the file go where in memory.  We read whole sectors to where nothing will
// stay, and copy from there just the bytes that belong to the kernel.
//
//   EXTPHYSMEM, 1 MiB   the kernel, up to
//   FILE, 4 MiB on      the file, as much of it as we have read so far
//
// This and boot.S have to fit into 510 bytes; that is why all trouble ends
// in one place.
//
// Entry point: bootmain, called by boot.S; it does not return.

#include <inc/elf.h>
#include <inc/ide.h>
#include <inc/memlayout.h>
#include <inc/x86.h>

#define KERN_SECT	1		// where on the disk the kernel begins
#define MEMORY		KERNEL_ROOM	// room for it from EXTPHYSMEM on
#define FILE		(EXTPHYSMEM + MEMORY)
#define FILE_MAX	0x400000	// nothing begins further into the file

// boot/boot.S
void fail(void) __attribute__((noreturn));

// Copy n bytes upward; returns the address after the last.
static inline uint32_t
copy(uint32_t to, uint32_t from, uint32_t n)
{
	__asm__ volatile("rep movsb"
		: "+D" (to), "+S" (from), "+c" (n) : : "memory");
	return to;
}

static inline void
clear(uint32_t pa, uint32_t n)
{
	__asm__ volatile("rep stosb"
		: "+D" (pa), "+c" (n) : "a" (0) : "memory");
}

// Wait until the disk takes commands or has carried one out; its status.
static uint8_t __attribute__((noinline))
waitdisk(void)
{
	uint8_t status;

	do {
		status = inb(IDE_STATUS);
		if (status == IDE_NOBODY)
			fail();
	} while ((status & (IDE_BSY | IDE_DRDY)) != IDE_DRDY);
	return status;
}

// Have the size bytes that begin offset bytes into the kernel's file in
// memory: byte 0 of the file has its place at FILE, and so on.
static void __attribute__((noinline))
readseg(uint32_t offset, uint32_t size)
{
	uint32_t sect = offset / SECTSIZE;
	uint32_t nsecs = (offset + size + SECTSIZE - 1) / SECTSIZE - sect;

	if (offset > FILE_MAX)
		fail();
	while (nsecs > 0) {
		// The drive sees the low byte of nsecs, and 0 as 256; after
		// the first command it is always 0.
		waitdisk();
		ide_command(0, KERN_SECT + sect, nsecs, IDE_CMD_READ);
		do {
			if ((waitdisk() & (IDE_ERR | IDE_DF | IDE_DRQ))
					!= IDE_DRQ)
				fail();
			insl(IDE_DATA, (void *) (FILE + sect * SECTSIZE),
				SECTSIZE / 4);
			sect++;
		} while (--nsecs % IDE_MAX_SECTS != 0);
	}
}

// Is this the header of a program for this machine, with its first
// instruction where a kernel may be?
static inline bool
header_ok(const struct Elf *elf)
{
	return elf_header_ok(elf) && elf->e_phnum != 0
		&& elf->e_entry - EXTPHYSMEM < MEMORY;
}

void __attribute__((noreturn))
bootmain(void)
{
	const struct Elf *elf = (const struct Elf *) FILE;

	readseg(0, sizeof(struct Elf));

	// Two hints that save bytes: keep the address in a register, and
	// put the call of fail here, near to all jumps to it.
	__asm__("" : "+r" (elf));
	if (__builtin_expect(!header_ok(elf), 1))
		fail();

	readseg(elf->e_phoff, elf->e_phnum * sizeof(struct Proghdr));
	const struct Proghdr *ph = (const void *) elf + elf->e_phoff;
	for (int n = elf->e_phnum; n > 0; n--, ph++) {
		if (ph->p_type != ELF_PROG_LOAD)
			continue;

		uint32_t room = FILE - ph->p_pa;
		if (room > MEMORY || ph->p_memsz > room
				|| ph->p_filesz > ph->p_memsz)
			fail();
		readseg(ph->p_offset, ph->p_filesz);
		clear(copy(ph->p_pa, FILE + ph->p_offset, ph->p_filesz),
			ph->p_memsz - ph->p_filesz);
	}

	((void (*)(void)) elf->e_entry)();
	__builtin_unreachable();
}
