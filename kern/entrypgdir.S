// kern/entrypgdir.S - the page tables of the kernel's first moments.
//
// ENTRYTABLES tables (make says how many) map physical memory from 0 on, 4 MiB
// each.  The directory uses them twice: at 0, where the code runs when paging
// is turned on, and at KERNBASE, where it is linked.  mem_init (kern/pmap.c)
// replaces both.
//
// Data: entry_pgdir, entry_pgtable.

#include <inc/memlayout.h>
#include <inc/mmu.h>

#define BITS		(PTE_P | PTE_W)
#define KERN_ENTRY	(KERNBASE >> PDXSHIFT)	// its place in the directory

	.macro	tables
	table = 0
	.rept	ENTRYTABLES
	.long	entry_pgtable - KERNBASE + table * PGSIZE + BITS
	table = table + 1
	.endr
	.endm

	.data
	.balign	PGSIZE
	.globl	entry_pgdir
entry_pgdir:
	tables
	.space	4 * (KERN_ENTRY - ENTRYTABLES)
	tables
	.space	4 * (NPDENTRIES - KERN_ENTRY - ENTRYTABLES)

	.balign	PGSIZE
	.globl	entry_pgtable
entry_pgtable:
	page = 0
	.rept	ENTRYTABLES * NPTENTRIES
	.long	page * PGSIZE + BITS
	page = page + 1
	.endr
