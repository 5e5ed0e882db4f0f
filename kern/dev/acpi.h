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

#define ACPI_MAXTABLE	0x10000u		// longer ones are not believed

// Find the tables.  Before mem_init: what leads there lies in memory that
// becomes free.
void acpi_init(void);

// Where the root table lies, 0 if there is none.  The other tables that the
// kernel reads lie above it, at the top of memory; none of that is to be used
// as pages.
extern physaddr_t acpi_tables_start;

// The table of that signature, checked and mapped, or NULL.
const struct AcpiHeader *acpi_table(const char *signature);

// The byte at pa, below 1 MiB: also before there are pages.
static inline void *
low_memory(physaddr_t pa)
{
	return (char *) KERNBASE + pa;
}

// What leads to the firmware's tables begins with four letters, at an address
// that is a multiple of this.
#define PARAGRAPH	16

// The first such place from at on that lies before end, or NULL.
const void *find_signature(const void *at, const void *end,
	const char *letters);

// The sum of len bytes, modulo 256.
uint8_t table_sum(const void *table, size_t len);

#endif // JOS_KERN_DEV_ACPI_H
