// ext/pti/user/kmapcount.c - what does a program's page directory have of the
// kernel?
//
// Counts in its tables, which it sees at UVPT, and then reads a byte of many
// pages: the error codes of the faults must agree with the tables.

#include <tests/user/test.h>

static volatile int faults;
static volatile uint32_t fault_err;

static void
note(struct UTrapframe *utf)
{
	faults++;
	fault_err = utf->utf_err;
	utf->utf_eip += 2;		// behind the movb
}

static void
read_byte(uintptr_t va)
{
	__asm__ volatile("movb (%0), %%al" : : "c" (va) : "eax", "memory");
}

// A read of a kernel's page must fault, and the error code say if it is mapped.
static void
probe(uintptr_t va)
{
	const uint32_t want = FEC_U
		| (page_is_mapped((void *) va) ? FEC_PR : 0);

	faults = 0;
	read_byte(va);
	if (faults != 1 || fault_err != want)
		panic("%08x: %d faults, error code %x, not %x", va, faults,
			fault_err, want);
}

void
umain(int argc, char **argv)
{
	uint32_t tables = 0, mapped = 0;

	USED(argc), USED(argv);

	for (uint32_t i = PGNUM(ULIM); i < NPDENTRIES * NPTENTRIES; i++) {
		tables += PTX(i * PGSIZE) == 0
			&& (uvpd[PDX(i * PGSIZE)] & PTE_P);
		if (!page_is_mapped((void *) (i * PGSIZE)))
			continue;
		if (uvpt[i] & PTE_U)
			panic("%08x is the program's", i * PGSIZE);
		if (mapped++ < 8)
			cprintf("mapped: %08x %s\n", i * PGSIZE,
				uvpt[i] & PTE_W ? "rw" : "r-");
	}
	cprintf("above ULIM: %u page tables, %u pages\n", tables, mapped);

	// All pages of the first table above KERNBASE, one in 64 of the rest
	set_pgfault_handler(note);
	for (uint32_t i = PGNUM(ULIM); i < NPDENTRIES * NPTENTRIES; i++)
		if (i % 64 == 0 || PDX(i * PGSIZE) == PDX(KERNBASE))
			probe(i * PGSIZE);
	cprintf("kmapcount ok\n");
}
