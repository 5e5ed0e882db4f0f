// kern/mpconfig.c - finds the CPUs in the firmware's tables.
//
// Two tables list CPUs: the older MP configuration table (Intel MultiProcessor
// Specification 1.4, chapter 4), and ACPI's MADT (ACPI Specification 4.0,
// 5.2.12).  Some firmware lists only one CPU a socket in the MP table, so both
// tables are read.  If CPUID says that there is no local APIC, neither is.
//
// The MP table and the pointer to it may lie in memory that the kernel counts
// as free: mp_find reads them before page_alloc gives out any page.
//
// Entry points: mp_find, mp_init.

#include <inc/stdio.h>
#include <inc/string.h>
#include <inc/x86.h>

#include <kern/cpu.h>
#include <kern/dev/acpi.h>
#include <kern/pmap.h>

physaddr_t lapicaddr;

static bool has_imcr;			// see mp_init

// ------------------------------------------------------------ the MP table

// MP 1.4, 4.1: in low memory, with the address of the MP table
struct FloatingPointer {
	char signature[4];		// "_MP_"
	physaddr_t table;
	uint8_t length;			// in units of 16 bytes: 1
	uint8_t revision;
	uint8_t checksum;
	uint8_t default_type;		// 0, or number of a known machine
	uint8_t imcr;			// bit 7: there is an IMCR
	uint8_t reserved[3];
};

// MP 1.4, 4.2
struct MpTable {
	char signature[4];		// "PCMP"
	uint16_t length;
	uint8_t version;		// 1 or 4
	uint8_t checksum;
	char product[20];
	physaddr_t oem_table;
	uint16_t oem_length;
	uint16_t nentries;
	physaddr_t lapicaddr;
	uint16_t ext_length;		// of the extended table that follows
	uint8_t ext_checksum;
	uint8_t reserved;
} __attribute__((packed));

// MP 1.4, 4.3: the first byte of an entry is its type
struct MpProcessor {
	uint8_t type;
	uint8_t apicid;
	uint8_t version;
	uint8_t flags;
	uint32_t signature, features, reserved[2];
} __attribute__((packed));

enum {
	MP_PROCESSOR = 0,		// 20 bytes; all other entries have 8
	MP_BUS,
	MP_IOAPIC,
	MP_IOINTR,
	MP_LINTR,
};

#define MP_USABLE	0x01		// in flags

_Static_assert(sizeof(struct FloatingPointer) == 16, "MP 1.4, 4.1");
_Static_assert(sizeof(struct MpTable) == 44, "MP 1.4, 4.2");
_Static_assert(sizeof(struct MpProcessor) == 20, "MP 1.4, 4.3.1");

#define BIOS_DATA_EBDA		0x40E	// segment of the extended data area
#define BIOS_DATA_BASE_KB	0x413	// size of base memory, KiB
#define BIOS_ROM		0xF0000

// packed, as the word may lie at an odd address
struct BiosWord {
	uint16_t value;
} __attribute__((packed));

static const struct FloatingPointer *
find_pointer_in(physaddr_t pa, size_t len)
{
	const struct FloatingPointer *mp = low_memory(pa);
	const struct FloatingPointer *end = low_memory(pa + len);

	while ((mp = find_signature(mp, end, "_MP_"))
	    && table_sum(mp, sizeof(*mp)) != 0)
		mp++;
	return mp;
}

// MP 1.4, chapter 4: the pointer is in the first KiB of the extended BIOS data
// area or else in the last KiB of base memory, or in the BIOS ROM.
static const struct FloatingPointer *
find_pointer(void)
{
	physaddr_t ebda = *(uint16_t *) low_memory(BIOS_DATA_EBDA) << 4;
	const struct BiosWord *base_kb = low_memory(BIOS_DATA_BASE_KB);
	physaddr_t base = base_kb->value << 10;
	const struct FloatingPointer *mp = NULL;

	if (ebda && ebda < IOPHYSMEM)
		mp = find_pointer_in(ebda, 1024);
	else if (base >= 1024 && base <= IOPHYSMEM)
		mp = find_pointer_in(base - 1024, 1024);
	if (!mp)
		mp = find_pointer_in(BIOS_ROM, EXTPHYSMEM - BIOS_ROM);
	return mp;
}

// Returns the MP table that mp points to, or NULL if a check fails.
static const struct MpTable *
find_mp_table(const struct FloatingPointer *mp)
{
	if (mp->table == 0 || mp->default_type != 0) {
		cprintf("SMP: Default configurations not implemented\n");
		return NULL;
	}
	if (mp->table >= EXTPHYSMEM)
		return NULL;		// not where firmware puts it

	const struct MpTable *t = low_memory(mp->table);
	if (memcmp(t->signature, "PCMP", 4) != 0) {
		cprintf("SMP: Incorrect MP configuration table signature\n");
		return NULL;
	}
	if (table_sum(t, t->length) != 0) {
		cprintf("SMP: Bad MP configuration checksum\n");
		return NULL;
	}
	if (t->version != 1 && t->version != 4) {
		cprintf("SMP: Unsupported MP version %d\n", t->version);
		return NULL;
	}
	uint8_t ext_sum = table_sum((const char *) t + t->length,
		t->ext_length);
	if ((uint8_t) (ext_sum + t->ext_checksum) != 0) {
		cprintf("SMP: Bad MP configuration extended checksum\n");
		return NULL;
	}
	return t;
}

static void
read_mp_table(const struct MpTable *t)
{
	const uint8_t *entry = (const uint8_t *) (t + 1);
	const uint8_t *end = (const uint8_t *) t + t->length;

	lapicaddr = t->lapicaddr;
	for (int i = 0; i < t->nentries && entry < end; i++) {
		const struct MpProcessor *proc = (const void *) entry;

		switch (*entry) {
		case MP_PROCESSOR:
			if (proc->flags & MP_USABLE)
				cpu_add(proc->apicid);
			entry += sizeof(*proc);
			break;
		case MP_BUS:
		case MP_IOAPIC:
		case MP_IOINTR:
		case MP_LINTR:
			entry += 8;
			break;
		default:
			cprintf("mpinit: unknown config type %x\n", *entry);
			return;
		}
	}
}

// --------------------------------------------------------------- the MADT

// ACPI 4.0, 5.2.12
struct Madt {
	struct AcpiHeader header;	// "APIC"
	uint32_t lapicaddr;
	uint32_t flags;
} __attribute__((packed));

// ACPI 4.0, 5.2.12.2; every entry begins with its type and length
struct MadtLapic {
	uint8_t type;
	uint8_t length;
	uint8_t processor;
	uint8_t apicid;
	uint32_t flags;
} __attribute__((packed));

#define MADT_LAPIC	0
#define MADT_ENABLED	0x01

static void
read_madt(const struct Madt *madt)
{
	const uint8_t *entry = (const uint8_t *) (madt + 1);
	const uint8_t *end = (const uint8_t *) madt + madt->header.length;

	lapicaddr = madt->lapicaddr;
	while (end - entry >= 2 && entry[1] >= 2 && entry[1] <= end - entry) {
		const struct MadtLapic *l = (const void *) entry;

		if (l->type == MADT_LAPIC && l->length >= sizeof(*l)
		    && (l->flags & MADT_ENABLED))
			cpu_add(l->apicid);
		entry += entry[1];
	}
}

// -------------------------------------------------------------- both tables

// Add the CPUs of the MP table to cpus[].
void
mp_find(void)
{
	const struct FloatingPointer *mp;
	const struct MpTable *table;

	if (!cpu_has_lapic || !(mp = find_pointer()))
		return;
	has_imcr = mp->imcr & 0x80;
	if ((table = find_mp_table(mp)))
		read_mp_table(table);
}

// Add the CPUs of the MADT to cpus[].  Without tables or without a local APIC,
// cpus[] has the boot CPU alone and lapicaddr stays 0.
void
mp_init(void)
{
	const struct AcpiHeader *madt;

	if (cpu_has_lapic && (madt = acpi_table("APIC")))
		read_madt((const struct Madt *) madt);
	if (!lapicaddr)
		cprintf("SMP: configuration not found, SMP disabled\n");
	cprintf("SMP: CPU %d found %d CPU(s)\n", bootcpu->cpu_id, ncpu);
	if (!lapicaddr)
		return;
	lapic_map(mmio_map_region(lapicaddr, PGSIZE));
	if (has_imcr) {
		// The PIC's interrupts bypass the local APIC: send them through
		// it.  MP 1.4, 3.6.2.1.
		cprintf("SMP: Setting IMCR to switch from PIC mode to "
			"symmetric I/O mode\n");
		outb(0x22, 0x70);
		outb(0x23, inb(0x23) | 1);
	}
}
