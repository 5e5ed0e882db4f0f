// ext/monitor/commands.h - what the files of this extension share.

#ifndef JOS_EXT_MONITOR_COMMANDS_H
#define JOS_EXT_MONITOR_COMMANDS_H

#include <inc/types.h>

#include <kern/monitor.h>

// A range by its first and its last byte, so that it may end at 4 GiB
struct Range {
	uint32_t first, last;
};

// Read an address.  Returns false, having said so, if the text is none.
bool read_address(const char *text, uint32_t *address);

// Read a range from the arguments of a command: FIRST [LAST].  Without LAST, it
// has so many bytes, or goes up to 4 GiB.  Returns false, having said why, if
// there is none.
bool read_range(int argc, char **argv, uint32_t bytes, struct Range *range);

// Where the page tables that this CPU uses map an address
struct Place {
	uint32_t *entry;		// of a page table, or of the directory
					// for a large page; NULL if there is
					// no page table
	uint32_t *directory_entry;
	bool mapped;
	uint32_t pa;			// of the byte at that address
	int perm;			// flags of the entry, with PTE_W and
					// PTE_U only if both levels allow it
	uint32_t size;			// PGSIZE or PTSIZE: all of it is alike
};
struct Place place_of(uintptr_t va);

// The memory at pa, through the kernel's window, or NULL if it is not there
void *memory_at(uint32_t pa);

// ext/monitor/pages.c, dump.c, disasm.c and step.c
monitor_command mon_showmappings, mon_setperm;
monitor_command mon_dump, mon_pdump;
monitor_command mon_disasm;
monitor_command mon_step;
bool step_trap(struct Trapframe *tf);

#endif // JOS_EXT_MONITOR_COMMANDS_H
