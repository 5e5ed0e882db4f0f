// kern/dev/acpi.h - the tables of the ACPI firmware (kern/dev/acpi.c).

#ifndef JOS_KERN_DEV_ACPI_H
#define JOS_KERN_DEV_ACPI_H

#include <inc/memlayout.h>
#include <inc/types.h>

// Every table begins with this.
struct AcpiHeader {
	char signature[4];
	uint32_t length;		// of the table, with this header
	uint8_t revision;
	uint8_t checksum;		// makes the sum of all bytes 0
	char oem[6 + 8];
	uint32_t oem_revision;
	uint32_t creator[2];
} __attribute__((packed));

#define ACPI_MAXTABLE	0x10000u		// longer tables are ignored

// Find the root table.  Must run before mem_init, as the root pointer may lie
// in memory that becomes free.
void acpi_init(void);

// The physical address of the root table, or 0.  The other tables that the
// kernel reads lie above it, at the top of memory; page_init must not make free
// pages of that memory.
extern physaddr_t acpi_tables_start;

// Returns the table with that signature, checked and mapped, or NULL.
const struct AcpiHeader *acpi_table(const char *signature);

// The address of the byte at pa, which is below 1 MiB; valid also before
// mem_init.
static inline void *
low_memory(physaddr_t pa)
{
	return (char *) KERNBASE + pa;
}

// A pointer to firmware tables begins with a signature, at a multiple of this.
#define PARAGRAPH	16

// Returns the first paragraph in [at, end) that begins with these four letters,
// or NULL.
const void *find_signature(const void *at, const void *end,
	const char *letters);

// The sum of len bytes, modulo 256.
uint8_t table_sum(const void *table, size_t len);

#endif // JOS_KERN_DEV_ACPI_H
