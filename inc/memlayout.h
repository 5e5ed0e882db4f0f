// inc/memlayout.h - where everything lies in memory.
//
// Every environment has a page directory of its own.  All directories agree
// from UTOP up, so the kernel is mapped whichever directory is loaded; below
// UTOP each environment maps what it likes.
//
//   4 GiB      ---------------------------+-----------------+ kernel/user
//              all physical memory, PA 0 on                   RW/--
//   KERNBASE   0xF0000000 ----------------+-----------------+
//   KSTACKTOP  CPU 0's kernel stack       | KSTKSIZE        | RW/--
//              guard gap                  | KSTKGAP         | --/--
//              CPU 1's kernel stack       | KSTKSIZE        | RW/--
//              guard gap                  | KSTKGAP         | --/--
//              ... down to                                  |
//   MMIOLIM    0xEFC00000 ----------------+-----------------+
//              device registers           | PTSIZE          | RW/--
//   ULIM       0xEF800000 = MMIOBASE -----+-----------------+
//              the current page tables    | PTSIZE          | R-/R-
//   UVPT       0xEF400000 ----------------+-----------------+
//              pages[]                    | PTSIZE          | R-/R-
//   UPAGES     0xEF000000 ----------------+-----------------+
//              envs[]                     | PTSIZE          | R-/R-
//   UTOP       0xEEC00000 = UENVS, UXSTACKTOP --------------+
//              exception stack            | PGSIZE          | RW/RW
//              0xEEBFF000 ----------------+-----------------+
//              left unmapped              | PGSIZE          | --/--
//   USTACKTOP  0xEEBFE000 ----------------+-----------------+
//              stack, one page at first   | PGSIZE          | RW/RW
//              0xEEBFD000 ----------------+-----------------+
//              ...
//              program: text, data, heap
//   UTEXT      0x00800000 ----------------+-----------------+
//   PFTEMP     0x007FF000  page of the copy-on-write handler
//              ...
//   UTEMP      0x00400000  pages for spawn and the like
//   USTABDATA  0x00200000  line table of the program (inc/linetab.h)
//              left unmapped, so that null pointers fault
//   0          ---------------------------------------------+

#ifndef JOS_INC_MEMLAYOUT_H
#define JOS_INC_MEMLAYOUT_H

#ifndef __ASSEMBLER__
#include <inc/mmu.h>
#include <inc/types.h>
#endif

// Segment selectors
#define GD_KT		0x08		// kernel code
#define GD_KD		0x10		// kernel data
#define GD_UT		0x18		// user code
#define GD_UD		0x20		// user data
#define GD_TSS0		0x28		// TSS of CPU 0; CPU i: GD_TSS0 + 8*i

// Physical memory
#define IOPHYSMEM	0x0A0000	// devices and BIOS, up to EXTPHYSMEM
#define EXTPHYSMEM	0x100000	// where the kernel is loaded
#define MPENTRY_PADDR	0x7000		// start-up code of the other CPUs

// Kernel part of the map
#define KERNBASE	0xF0000000
#define KSTACKTOP	KERNBASE
#define KSTKSIZE	(8 * PGSIZE)	// mapped part of a kernel stack
#define KSTKGAP		(8 * PGSIZE)	// unmapped guard below each stack
#define MMIOLIM		(KSTACKTOP - PTSIZE)
#define MMIOBASE	(MMIOLIM - PTSIZE)

// Windows that programs may read
#define ULIM		(MMIOBASE)
#define UVPT		(ULIM - PTSIZE)
#define UPAGES		(UVPT - PTSIZE)
#define UENVS		(UPAGES - PTSIZE)

// The environment's own part
#define UTOP		UENVS
#define UXSTACKTOP	UTOP
#define USTACKTOP	(UTOP - 2 * PGSIZE)
#define UTEXT		(2 * PTSIZE)
#define UTEMP		((void *) PTSIZE)
#define PFTEMP		(UTEMP + PTSIZE - PGSIZE)
#define USTABDATA	(PTSIZE / 2)

#ifndef __ASSEMBLER__

typedef uint32_t pte_t;
typedef uint32_t pde_t;

#ifdef JOS_USER
// The page tables of the current environment as one array, uvpt, and its page
// directory, uvpd.  Entry PDX(UVPT) of the directory is the directory itself,
// so the processor, translating an address above UVPT, finds a page table
// where it expects a page; and at uvpd, where it follows that entry twice, the
// directory.  The library gives the addresses.
extern volatile pte_t uvpt[];		// entry of page va: uvpt[PGNUM(va)]
extern volatile pde_t uvpd[];		// entry of va's table: uvpd[PDX(va)]
#endif

// One for each physical page; pages[i] is about the page at i * PGSIZE.
struct PageInfo {
	struct PageInfo *pp_link;	// next on the free list
	uint16_t pp_ref;		// number of mappings and other uses
	uint16_t pp_found;		// references that kern/debug/audit.c
					// counted
};

_Static_assert(sizeof(struct PageInfo) == 8, "programs read this at UPAGES");

#endif // !__ASSEMBLER__

#endif // JOS_INC_MEMLAYOUT_H
