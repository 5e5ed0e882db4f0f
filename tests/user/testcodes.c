// tests/user/testcodes.c - a page-fault handler gets the address and the error
// code of reads and writes, of pages that are missing or protected.
//
// Not tested: instructions that both read and write.  If the page is missing,
// real processors report a write, some emulators a read.

#include <inc/lib.h>

#define MISSING		((char *) 0x0A000000)
#define READONLY	((char *) 0x0B000000)
#define KERNEL		((char *) 0xF0100000)

// What the handler saw, and where it resumes, which assembly code sets
static volatile int faults;
static volatile uint32_t fault_va, fault_err;
uint32_t fault_resume;

static void
note(struct UTrapframe *utf)
{
	faults++;
	fault_va = utf->utf_fault_va;
	fault_err = utf->utf_err;
	utf->utf_eip = fault_resume;
}

// Each of these faults once, and resumes behind the access.

static void
read_byte(char *va)
{
	__asm__ volatile(
		"movl $1f, fault_resume\n\t"
		"movb (%0), %%al\n"
		"1:"
		: : "r" (va) : "eax", "memory");
}

static void
write_byte(char *va)
{
	__asm__ volatile(
		"movl $1f, fault_resume\n\t"
		"movb $1, (%0)\n"
		"1:"
		: : "r" (va) : "memory");
}

static void
jump(char *va)
{
	__asm__ volatile(
		"movl $1f, fault_resume\n\t"
		"jmp *%0\n"
		"1:"
		: : "r" (va) : "memory");
}

static const struct {
	const char *what;
	void (*access)(char *va);
	char *va;
	uint32_t err;
} cases[] = {
	{ "read, missing", read_byte, MISSING, FEC_U },
	{ "read, null", read_byte, NULL, FEC_U },
	{ "read, last byte", read_byte, MISSING + PGSIZE - 1, FEC_U },
	{ "read, kernel's", read_byte, KERNEL, FEC_U | FEC_PR },
	{ "write, missing", write_byte, MISSING, FEC_U | FEC_WR },
	{ "write, null", write_byte, NULL, FEC_U | FEC_WR },
	{ "write, read-only", write_byte, READONLY, FEC_U | FEC_WR | FEC_PR },
	{ "write, envs", write_byte, (char *) UENVS,
		FEC_U | FEC_WR | FEC_PR },
	{ "write, kernel's", write_byte, KERNEL, FEC_U | FEC_WR | FEC_PR },
	{ "jump, missing", jump, MISSING, FEC_U },
	{ "jump, kernel's", jump, KERNEL, FEC_U | FEC_PR },
};

void
umain(int argc, char **argv)
{
	int r;

	USED(argc), USED(argv);

	set_pgfault_handler(note);
	if ((r = sys_page_alloc(0, READONLY, PTE_P | PTE_U)) < 0)
		panic("sys_page_alloc: %e", r);

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		faults = 0;
		cases[i].access(cases[i].va);
		if (faults != 1)
			panic("%s: %d faults", cases[i].what, faults);
		if (fault_va != (uint32_t) cases[i].va)
			panic("%s: fault at %08x, not %08x", cases[i].what,
				fault_va, cases[i].va);
		if (fault_err != cases[i].err)
			panic("%s: error code %d, not %d", cases[i].what,
				fault_err, cases[i].err);
	}

	// Reads of a read-only page do not fault
	faults = 0;
	read_byte(READONLY);
	read_byte((char *) UENVS);
	if (faults != 0)
		panic("reading what may be read: fault at %08x", fault_va);

	cprintf("testcodes ok\n");
}
