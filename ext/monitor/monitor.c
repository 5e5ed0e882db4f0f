// ext/monitor/monitor.c - more commands for the kernel monitor.
//
// Entry points: those of ext/monitor/commands.h, and the extension's table.

#include <inc/memlayout.h>
#include <inc/stdio.h>
#include <inc/string.h>

#include <ext/monitor/commands.h>
#include <kern/ext.h>
#include <kern/pmap.h>

#define LONGEST		10		// strlen("0xffffffff"): strtol wraps

bool
read_address(const char *text, uint32_t *address)
{
	char *end;

	*address = strtol(text, &end, 0);
	if (end == text || *end != '\0')
		cprintf("%s is no number\n", text);
	else if (strlen(text) > LONGEST)
		cprintf("%s is too large\n", text);
	else
		return true;
	return false;
}

bool
read_range(int argc, char **argv, uint32_t bytes, struct Range *range)
{
	if (argc < 2 || argc > 3) {
		cprintf("usage: %s FIRST [LAST]\n", argv[0]);
		return false;
	}
	if (!read_address(argv[1], &range->first))
		return false;
	range->last = range->first + MIN(bytes - 1, ~range->first);
	if (argc == 3 && !read_address(argv[2], &range->last))
		return false;
	if (range->last >= range->first)
		return true;
	cprintf("the last address is below the first\n");
	return false;
}

void *
memory_at(uint32_t pa)
{
	return PGNUM(pa) < npages ? (void *) (KERNBASE + pa) : NULL;
}

// The table that a directory entry or CR3 points to, or NULL
static uint32_t *
table_at(uint32_t entry)
{
	return memory_at(PTE_ADDR(entry));
}

struct Place
place_of(uintptr_t va)
{
	pde_t *pgdir = table_at(rcr3());
	struct Place p = { .size = PTSIZE };

	if (!pgdir)
		return p;

	pde_t *pde = p.directory_entry = &pgdir[PDX(va)];

	if ((*pde & PTE_P) && (*pde & PTE_PS)) {
		p.entry = pde;
		p.mapped = true;
		p.pa = (*pde & ~(PTSIZE - 1)) | (va & (PTSIZE - 1));
		p.perm = PGOFF(*pde);
		return p;
	}

	pte_t *table = *pde & PTE_P ? table_at(*pde) : NULL;

	if (!table)
		return p;
	p.entry = &table[PTX(va)];
	p.size = PGSIZE;
	p.mapped = *p.entry & PTE_P;
	p.pa = PTE_ADDR(*p.entry) | PGOFF(va);
	p.perm = PGOFF(*p.entry) & (*pde | ~(PTE_W | PTE_U));
	return p;
}

static const struct ExtCommand commands[] = {
	{ "showmappings", "Display page mappings: showmappings FIRST [LAST]",
		mon_showmappings },
	{ "setperm", "Change permissions of a page: "
		"setperm ADDRESS [+-][puw]...", mon_setperm },
	{ "dump", "Display memory: dump FIRST [LAST]", mon_dump },
	{ "pdump", "Display physical memory: pdump FIRST [LAST]", mon_pdump },
	{ "disasm", "Display instructions: disasm [FIRST [LAST]]", mon_disasm },
	{ "step", "Let the program execute an instruction, or N: step [N]",
		mon_step },
	{ "si", "The same", mon_step },
	{ NULL, NULL, NULL }
};

EXTENSION(monitor, .commands = commands, .trap = step_trap);
