// kern/dev/acpi.c - finds the tables of the ACPI firmware.
//
// A root pointer in low memory has the address of a root table, which lists the
// physical addresses of all other tables.  Each table has a signature of four
// letters.
// Advanced Configuration and Power Interface Specification 4.0, 5.2.
//
// Entry points: acpi_init, acpi_tables_start, acpi_table; find_signature.

#include <inc/string.h>

#include <kern/dev/acpi.h>
#include <kern/pmap.h>

struct RootPointer {
	char signature[8];		// "RSD PTR "
	uint8_t checksum;
	char oemid[6];
	uint8_t revision;
	uint32_t rsdt;			// physical address of the root table
} __attribute__((packed));

// An entry of the root table; packed, as it may lie at any address
struct RootEntry {
	uint32_t table;			// physical address
} __attribute__((packed));

physaddr_t acpi_tables_start;

#define BIOS_DATA_EBDA	0x40E		// segment of the extended data area
#define BIOS_ROM	0xE0000		// may have the root pointer instead
#define BIOS_ROM_SIZE	0x20000

uint8_t
table_sum(const void *table, size_t len)
{
	const uint8_t *byte = table;
	uint8_t sum = 0;

	while (len-- > 0)
		sum += *byte++;
	return sum;
}

const void *
find_signature(const void *at, const void *end, const char *letters)
{
	uint32_t wanted;

	memcpy(&wanted, letters, sizeof(wanted));
	for (const uint32_t *word = at; word < (const uint32_t *) end;
	     word += PARAGRAPH / sizeof(*word))
		if (*word == wanted)
			return word;
	return NULL;
}

// Search [pa, pa+len), which lies in low memory.
static const struct RootPointer *
find_root_pointer_in(physaddr_t pa, size_t len)
{
	const char *at = low_memory(pa), *end = at + len;

	for (; (at = find_signature(at, end, "RSD ")); at += PARAGRAPH)
		if (memcmp(at, "RSD PTR ", 8) == 0
		    && table_sum(at, sizeof(struct RootPointer)) == 0)
			return (const struct RootPointer *) at;
	return NULL;
}

void
acpi_init(void)
{
	physaddr_t ebda = *(uint16_t *) low_memory(BIOS_DATA_EBDA) << 4;
	const struct RootPointer *root = NULL;

	if (ebda >= 0x80000 && ebda < IOPHYSMEM)
		root = find_root_pointer_in(ebda, 1024);
	if (!root)
		root = find_root_pointer_in(BIOS_ROM, BIOS_ROM_SIZE);
	acpi_tables_start = root ? root->rsdt : 0;
}

// Map the table at pa, which may be anywhere in physical memory.
static const struct AcpiHeader *
map_table(physaddr_t pa)
{
	const char *page = mmio_map_region(ROUNDDOWN(pa, PGSIZE), 2 * PGSIZE);
	const struct AcpiHeader *table = (const void *) (page + PGOFF(pa));

	if (table->length <= 2 * PGSIZE - PGOFF(pa))
		return table;
	page = mmio_map_region(ROUNDDOWN(pa, PGSIZE),
		PGOFF(pa) + MIN(table->length, ACPI_MAXTABLE));
	return (const void *) (page + PGOFF(pa));
}

static bool
table_ok(const struct AcpiHeader *table, const char *signature)
{
	return memcmp(table->signature, signature, 4) == 0
		&& table->length >= sizeof(*table)
		&& table->length <= ACPI_MAXTABLE
		&& table_sum(table, table->length) == 0;
}

const struct AcpiHeader *
acpi_table(const char *signature)
{
	if (!acpi_tables_start)
		return NULL;
	const struct AcpiHeader *rsdt = map_table(acpi_tables_start);
	if (!table_ok(rsdt, "RSDT"))
		return NULL;

	const struct RootEntry *entry = (const void *) (rsdt + 1);
	int n = (rsdt->length - sizeof(*rsdt)) / sizeof(*entry);
	for (int i = 0; i < n; i++) {
		const struct AcpiHeader *table = map_table(entry[i].table);

		if (table_ok(table, signature))
			return table;
	}
	return NULL;
}
