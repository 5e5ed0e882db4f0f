// kern/entrypgdir.S - the page tables of the kernel's first moments.
//
// One table maps physical memory from 0 to 4 MiB.  The directory uses it
// twice: at 0, where the code runs when paging is turned on, and at KERNBASE,
// where it is linked.  mem_init (kern/pmap.c) replaces both.
//
// Data: entry_pgdir, entry_pgtable.

#include <inc/memlayout.h>
#include <inc/mmu.h>

#define BITS		(PTE_P | PTE_W)
#define KERN_ENTRY	(KERNBASE >> PDXSHIFT)	// its place in the directory

	.data
	.balign	PGSIZE
	.globl	entry_pgdir
entry_pgdir:
	.long	entry_pgtable - KERNBASE + BITS
	.space	4 * (KERN_ENTRY - 1)
	.long	entry_pgtable - KERNBASE + BITS
	.space	4 * (NPDENTRIES - KERN_ENTRY - 1)

	.balign	PGSIZE
	.globl	entry_pgtable
entry_pgtable:
	page = 0
	.rept	NPTENTRIES
	.long	page * PGSIZE + BITS
	page = page + 1
	.endr
