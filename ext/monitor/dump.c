// ext/monitor/dump.c - monitor commands that display memory.
//
// A line has 16 bytes at a multiple of 16.  Lines equal to the one above are a
// single `*'.  What is not mapped is reported, never touched.
//
// Entry points: mon_dump, mon_pdump.

#include <inc/memlayout.h>
#include <inc/stdio.h>
#include <inc/string.h>

#include <ext/monitor/commands.h>
#include <kern/pmap.h>

#define UNUSED __attribute__((unused))

#define LINE		16

// What is there: the bytes at an address, or NULL, and how many bytes up to and
// including *end are alike in that: all there, or all not there.
typedef const uint8_t *find_memory(uint32_t address, uint32_t *end);

// The bytes are read at va itself: some pages are registers of devices, which the
// kernel's window does not show.
static const uint8_t *
find_virtual(uint32_t va, uint32_t *end)
{
	const struct Place p = place_of(va);

	*end = va | (p.size - 1);
	return p.mapped ? (const uint8_t *) va : NULL;
}

static const uint8_t *
find_physical(uint32_t pa, uint32_t *end)
{
	const uint8_t *memory = memory_at(pa);

	*end = memory ? pa | (PGSIZE - 1) : ~0u;
	return memory;
}

// Print those of the 16 bytes at line that are in the range.
static void
print_line(uint32_t address, const uint8_t *line, const struct Range *r)
{
	cprintf("%08x ", address);
	for (uint32_t i = 0; i < LINE; i++) {
		const char *gap = i % 8 == 0 ? " " : "";

		if (address + i < r->first || address + i > r->last)
			cprintf("%s   ", gap);
		else
			cprintf("%s %02x", gap, line[i]);
	}
	cprintf("  ");
	for (uint32_t i = 0; i < LINE && address + i <= r->last; i++)
		cputchar(address + i < r->first ? ' '
			: line[i] >= ' ' && line[i] <= '~' ? line[i] : '.');
	cprintf("\n");
}

// Print the part of the range that is in one page; so lines are whole.
static void
print_page(uint32_t address, uint32_t end, const uint8_t *bytes,
	const struct Range *r)
{
	const uint8_t *above = NULL;
	bool star = false;

	bytes -= address % LINE;
	address -= address % LINE;
	for (;; address += LINE, bytes += LINE) {
		const bool last = end - address < LINE;

		if (above && !last && memcmp(above, bytes, LINE) == 0) {
			if (!star)
				cprintf("*\n");
			star = true;
			continue;
		}
		print_line(address, bytes, r);
		if (last)
			return;
		above = bytes;
		star = false;
	}
}

static int
dump(int argc, char **argv, find_memory *find, const char *missing)
{
	struct Range r;

	if (!read_range(argc, argv, LINE, &r))
		return 0;
	for (uint32_t address = r.first, end;; address = end + 1) {
		const uint8_t *bytes = find(address, &end);
		uint32_t next;

		// Report all that is missing in one line.
		while (!bytes && end < r.last && !find(end + 1, &next))
			end = next;
		end = MIN(end, r.last);
		if (bytes)
			print_page(address, end, bytes, &r);
		else
			cprintf("%08x-%08x  %s\n", address, end, missing);
		if (end == r.last)
			return 0;
	}
}

int
mon_dump(int argc, char **argv, struct Trapframe *tf UNUSED)
{
	return dump(argc, argv, find_virtual, "not mapped");
}

int
mon_pdump(int argc, char **argv, struct Trapframe *tf UNUSED)
{
	return dump(argc, argv, find_physical, "beyond the memory");
}
