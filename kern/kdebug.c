// kern/kdebug.c - finds the source line and function of an address.
//
// inc/linetab.h draws the tables searched here.  The kernel's table is part of
// the kernel.  A program's table is memory that the program can change, even
// during the search, from another CPU.  So nothing in a table is trusted: every
// offset is compared with the bounds, every loop uses up bytes or halves a
// range, and strings are copied before they are printed.  USER_TABLE_MAX and
// ROWS_MAX limit a search to some 20,000 instructions, whatever the table
// holds, as the CPU has the kernel lock meanwhile.
//
// Entry point: debuginfo_eip.

#include <inc/error.h>
#include <inc/linetab.h>
#include <inc/memlayout.h>
#include <inc/x86.h>

#include <kern/env.h>
#include <kern/kdebug.h>
#include <kern/pmap.h>

// kern/kernel.ld defines these around section .lines.
extern const uint8_t __LINES_BEGIN__[], __LINES_END__[];

// The largest table of a program that is searched, in bytes.  The programs of
// this tree have up to 8 KiB.
#define USER_TABLE_MAX	(256 * 1024)

// The most bytes of rows for one function; with more, its lines are unknown.
// Functions of this tree have up to 200, for 100 lines.
#define ROWS_MAX	512

// The parts of a table
struct Lines {
	const volatile struct Linefunc *funcs;	// nfuncs, and one more
	uint32_t nfuncs;
	const uint8_t *rows;
	uint32_t rowsize;
	const char *strings;
	uint32_t stringsize;
};

// Find the parts of the table at base, which has at most limit bytes.
static int
lines_open(struct Lines *t, const void *base, uint32_t limit)
{
	if (limit < sizeof(struct Linetab))
		return -E_INVAL;

	struct Linetab head = *(const volatile struct Linetab *) base;
	if (head.lt_magic != LINETAB_MAGIC
	    || head.lt_size < sizeof(head) || head.lt_size > limit)
		return -E_INVAL;

	// Room for nfuncs + 1 functions, and then for the rows?
	uint32_t room = head.lt_size - sizeof(head);
	if (head.lt_nfuncs >= room / sizeof(struct Linefunc))
		return -E_INVAL;
	room -= (head.lt_nfuncs + 1) * sizeof(struct Linefunc);
	if (head.lt_rowsize > room)
		return -E_INVAL;

	t->funcs = base + sizeof(head);
	t->nfuncs = head.lt_nfuncs;
	t->rows = (const uint8_t *) (t->funcs + t->nfuncs + 1);
	t->rowsize = head.lt_rowsize;
	t->strings = (const char *) t->rows + t->rowsize;
	t->stringsize = room - head.lt_rowsize;
	return 0;
}

// The index of the function that addr lies in, or -E_INVAL.
static int
lines_find(const struct Lines *t, uintptr_t addr)
{
	uint32_t low = 0, high = t->nfuncs + 1;

	// Entries below low start at or before addr, those from high on
	// after it.
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (t->funcs[middle].lf_addr <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 || low > t->nfuncs ? -E_INVAL : (int) low - 1;
}

// Copy the string at offset, cut to size - 1 bytes.  Returns the length of the
// copy.
static int
lines_string(const struct Lines *t, uint32_t offset, char *copy, int size)
{
	int n = 0;

	while (n < size - 1 && offset < t->stringsize) {
		char c = t->strings[offset++];

		if (c == '\0')
			break;
		copy[n++] = c;
	}
	copy[n] = '\0';
	return n;
}

// Read one number at *next, which moves on behind it, up to end at most.
static inline uint32_t
read_number(const uint8_t **next, const uint8_t *end)
{
	const uint8_t *p = *next;
	uint32_t n = 0;
	bool more = true;

	for (int shift = 0; more && p < end; shift += 7) {
		const uint8_t byte = *p++;

		if (shift < 32)
			n |= (uint32_t) (byte & 0x7F) << shift;
		more = byte & 0x80;
	}
	*next = p;
	return n;
}

// Returns the line of addr in function f, which the last row that starts at or
// before addr has; 0 if there is none.
static uint32_t
lines_line(const struct Lines *t, int f, uintptr_t addr)
{
	const uint32_t from = MIN(t->funcs[f].lf_rows, t->rowsize);
	const uint32_t to = MIN(t->funcs[f + 1].lf_rows, t->rowsize);
	const uint8_t *next = t->rows + from, *const end = t->rows + to;
	uintptr_t at = t->funcs[f].lf_addr;
	uint32_t line = 0;

	if (from > to || to - from > ROWS_MAX)
		return 0;
	while (next < end) {
		at += read_number(&next, end);
		if (at > addr)
			break;

		const uint32_t step = read_number(&next, end);

		line += (step & 1) ? ~(step / 2) : step / 2;
	}
	return line;
}

// Is e's address space loaded on this CPU?
static bool
env_is_loaded(const struct Env *e)
{
	return e && e->env_pgdir && rcr3() == PADDR(e->env_pgdir);
}

int
debuginfo_eip(uintptr_t addr, struct Eipdebuginfo *info)
{
	// Good until the next call.
	static char file[64], name[64];

	*info = (struct Eipdebuginfo) {
		.eip_file = "<unknown>",
		.eip_fn_name = "<unknown>",
		.eip_fn_namelen = 9,
		.eip_fn_addr = addr,
	};

	// Which table?
	const void *base = __LINES_BEGIN__;
	uint32_t limit = __LINES_END__ - __LINES_BEGIN__;
	if (addr < ULIM) {
		const struct Linetab *head = (struct Linetab *) USTABDATA;

		// The header must be there before its size can be read ...
		if (!env_is_loaded(curenv)
		    || user_mem_check(curenv, head, sizeof(*head), PTE_U) < 0)
			return -E_FAULT;

		// ... and then the table, in its whole length.
		base = head;
		limit = *(const volatile uint32_t *) &head->lt_size;
		if (limit > USER_TABLE_MAX
		    || user_mem_check(curenv, base, limit, PTE_U) < 0)
			return -E_FAULT;
	}

	struct Lines table;
	int f;
	if ((f = lines_open(&table, base, limit)) < 0
	    || (f = lines_find(&table, addr)) < 0)
		return f;

	info->eip_fn_name = name;
	info->eip_fn_namelen = lines_string(&table, table.funcs[f].lf_name,
					    name, sizeof(name));
	info->eip_fn_addr = table.funcs[f].lf_addr;
	if (lines_string(&table, table.funcs[f].lf_file, file, sizeof(file)))
		info->eip_file = file;

	info->eip_line = lines_line(&table, f, addr);
	return 0;
}
