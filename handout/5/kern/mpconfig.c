// kern/mpconfig.c - finds the CPUs in the firmware's MP configuration table
// (Intel MultiProcessor Specification 1.4, chapter 4).
//
// Entry point: mp_init.

// A pointer to firmware tables begins with a signature, at a multiple of this.
#define PARAGRAPH	16

// The sum of len bytes, modulo 256
static uint8_t
table_sum(const void *table, size_t len)
{
	const uint8_t *byte = table;
	uint8_t sum = 0;

	while (len-- > 0)
		sum += *byte++;
	return sum;
}

static const struct FloatingPointer *
find_pointer_in(physaddr_t pa, size_t len)
{
	const char *at = KADDR(pa);

	for (const char *end = at + len; at < end; at += PARAGRAPH)
		if (memcmp(at, "_MP_", 4) == 0
		    && table_sum(at, sizeof(struct FloatingPointer)) == 0)
			return (const struct FloatingPointer *) at;
	return NULL;
}

static const struct FloatingPointer *
find_pointer(void)
{
	physaddr_t ebda = *(uint16_t *) KADDR(BIOS_DATA_EBDA) << 4;
	const struct BiosWord *base_kb = KADDR(BIOS_DATA_BASE_KB);
	const struct FloatingPointer *mp = ebda ? find_pointer_in(ebda, 1024)
		: find_pointer_in((base_kb->value << 10) - 1024, 1024);

	return mp ? mp : find_pointer_in(BIOS_ROM, EXTPHYSMEM - BIOS_ROM);
}

static const struct MpTable *
find_mp_table(const struct FloatingPointer *mp)
{
	if (mp->table == 0 || mp->default_type != 0) {
		cprintf("SMP: Default configurations not implemented\n");
		return NULL;
	}

	const struct MpTable *t = KADDR(mp->table);
	if (memcmp(t->signature, "PCMP", 4) != 0) {
		cprintf("SMP: Incorrect MP configuration table signature\n");
		return NULL;
	}
	if (table_sum(t, t->length) != 0) {
		cprintf("SMP: Bad MP configuration checksum\n");
		return NULL;
	}
	return t;
}

// The boot CPU is cpus[0].  Without a table, cpus[] has it alone and lapicaddr
// stays 0.
void
mp_init(void)
{
	const struct FloatingPointer *mp = find_pointer();
	const struct MpTable *table = mp ? find_mp_table(mp) : NULL;

	if (table)
		read_mp_table(table);
	else
		cpu_add(0);
	bootcpu->cpu_status = CPU_STARTED;
	if (!lapicaddr)
		cprintf("SMP: configuration not found, SMP disabled\n");
	cprintf("SMP: CPU %d found %d CPU(s)\n", bootcpu->cpu_id, ncpu);
	if (table && (mp->imcr & 0x80)) {
		// The PIC's interrupts bypass the local APIC: send them through
		// it.  MP 1.4, 3.6.2.1.
		cprintf("SMP: Setting IMCR to switch from PIC mode to "
			"symmetric I/O mode\n");
		outb(0x22, 0x70);
		outb(0x23, inb(0x23) | 1);
	}
}
