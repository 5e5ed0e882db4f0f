// ext/bigpages/user/largemap.c - looks at how the kernel maps physical memory.
//
// With an argument: tries to use that address of the kernel's, which must end
// the program.  "call ADDRESS" has a system call do it.

#include <inc/lib.h>

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

	if (open("/motd", O_RDONLY) < 0)	// the file server is ready
		panic("there is no file server");
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
}
