// inc/elf.h - the parts of the 32-bit ELF file format that loaders need.
//
// Three loaders share this file: the boot sector's, the kernel's and spawn.
// System V ABI, edition 4.1, chapter 4 "Object Files" and chapter 5.

#ifndef JOS_INC_ELF_H
#define JOS_INC_ELF_H

#include <inc/types.h>

#define ELF_MAGIC	0x464C457FU	// "\x7FELF", little endian

struct Elf {
	uint32_t e_magic;		// ELF_MAGIC
	uint8_t e_elf[12];		// class, byte order, version, padding
	uint16_t e_type;
	uint16_t e_machine;
	uint32_t e_version;
	uint32_t e_entry;		// first instruction
	uint32_t e_phoff;		// file offset of the program headers
	uint32_t e_shoff;
	uint32_t e_flags;
	uint16_t e_ehsize;
	uint16_t e_phentsize;		// size of one program header
	uint16_t e_phnum;		// number of program headers
	uint16_t e_shentsize;
	uint16_t e_shnum;
	uint16_t e_shstrndx;
};

struct Proghdr {
	uint32_t p_type;
	uint32_t p_offset;		// file offset of the segment
	uint32_t p_va;			// its virtual address
	uint32_t p_pa;			// its physical one, for boot loaders
	uint32_t p_filesz;		// its bytes in the file
	uint32_t p_memsz;		// its bytes in memory: the file's, then
					// zeros
	uint32_t p_flags;
	uint32_t p_align;
};

struct Secthdr {
	uint32_t sh_name;
	uint32_t sh_type;
	uint32_t sh_flags;
	uint32_t sh_addr;
	uint32_t sh_offset;
	uint32_t sh_size;
	uint32_t sh_link;
	uint32_t sh_info;
	uint32_t sh_addralign;
	uint32_t sh_entsize;
};

_Static_assert(sizeof(struct Elf) == 52, "ELF header");
_Static_assert(sizeof(struct Proghdr) == 32, "ELF program header");
_Static_assert(sizeof(struct Secthdr) == 40, "ELF section header");

// e_elf[]: class and byte order
#define ELF_CLASS_32		1
#define ELF_DATA_LSB		1

// e_type, e_machine
#define ELF_TYPE_EXEC		2
#define ELF_MACHINE_386		3

// p_type
#define ELF_PROG_LOAD		1

// p_flags
#define ELF_PROG_FLAG_EXEC	1
#define ELF_PROG_FLAG_WRITE	2
#define ELF_PROG_FLAG_READ	4

// sh_type
#define ELF_SHT_NULL		0
#define ELF_SHT_PROGBITS	1
#define ELF_SHT_SYMTAB		2
#define ELF_SHT_STRTAB		3

// sh_name
#define ELF_SHN_UNDEF		0

// Is this the header of a 32-bit little-endian program for the i386, with
// program headers of the expected size?  Does not check where they lie.
static inline bool
elf_header_ok(const struct Elf *elf)
{
	return elf->e_magic == ELF_MAGIC
		// Two fields in one comparison: the boot sector must be small
		&& (elf->e_elf[0] | elf->e_elf[1] << 8)
			== (ELF_CLASS_32 | ELF_DATA_LSB << 8)
		&& (elf->e_type | elf->e_machine << 16)
			== (ELF_TYPE_EXEC | ELF_MACHINE_386 << 16)
		&& elf->e_phentsize == sizeof(struct Proghdr);
}

// Does a range of count items of size bytes at offset lie within length?
// No sum or product here can wrap.
static inline bool
elf_range_ok(uint32_t offset, uint32_t count, uint32_t size, uint32_t length)
{
	return offset <= length && count <= (length - offset) / size;
}

#endif // JOS_INC_ELF_H
