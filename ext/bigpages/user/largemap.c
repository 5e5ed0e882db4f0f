// ext/bigpages/user/largemap.c - looks at how the kernel maps physical memory.
//
// With an argument: tries to use that address of the kernel's, which must end
// the program.  "call ADDRESS" has a system call do it.

#include <ext/test.h>

#define MAIN_BEGINS	0		// boot marks, of kern/debug/bootmark.h
#define MEMORY_READY	1
#define CHILDREN	8
#define NPAGES		1000		// together 32 MiB
#define VA		((char *) 0x20000000)

// Have the kernel fill pages with zeros on all CPUs, in memory that only large
// pages map.  Then each child finds its own there.
static void
use_memory(void)
{
	envid_t child[CHILDREN];

	for (int i = 0; i < CHILDREN; i++)
		if ((child[i] = fork_or_panic()) == 0) {
			for (int n = 0; n < NPAGES; n++) {
				must("sys_page_alloc", sys_page_alloc(0,
					VA + n * PGSIZE, PTE_P | PTE_U | PTE_W));
				if (VA[n * PGSIZE] != 0)
					panic("not zero");
				VA[n * PGSIZE] = i + 1;
			}
			for (int n = 0; n < NPAGES; n++)
				if (VA[n * PGSIZE] != i + 1)
					panic("not what was written");
			exit();
		}
	for (int i = 0; i < CHILDREN; i++)
		wait(child[i]);
}

void
umain(int argc, char **argv)
{
	int large = 0, tables = 0, used = 0;

	if (argc == 3)
		sys_cputs((const char *) strtol(argv[2], NULL, 0), 1);
	if (argc == 2)
		cprintf("%d\n", *(volatile char *) strtol(argv[1], NULL, 0));
	if (argc > 1)
		panic("the kernel let a program use %s", argv[argc - 1]);

	wait_for_server();
	for (uint32_t pdx = PDX(KERNBASE); pdx < NPDENTRIES; pdx++)
		if (uvpd[pdx] & PTE_PS)
			large++;
		else if (uvpd[pdx] & PTE_P)
			tables++;
	for (const volatile struct PageInfo *pp = pages;
	     (uintptr_t) pp < UPAGES + PTSIZE
	     && (uvpt[PGNUM((uintptr_t) pp)] & PTE_P); pp++)
		used += pp->pp_ref > 0;
	cprintf("largemap: %d large pages, %d page tables, %d pages in use\n",
		large, tables, used);

	// Instructions under -icount shift=0, and with DEBUG= only
	cprintf("| boot | %d | %d |\n", tables,
		sys_debug(DEBUG_BOOT_MARK, MEMORY_READY)
		- sys_debug(DEBUG_BOOT_MARK, MAIN_BEGINS));
	use_memory();
	cprintf("largemap ok\n");
}
