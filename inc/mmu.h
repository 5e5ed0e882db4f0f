// inc/mmu.h - what the i386's memory management and protection hardware
// defines: page tables, segments, control registers, flags, gates, the TSS.
//
// Intel 64 and IA-32 Software Developer's Manual (SDM), volume 3A: chapters
// 2 (registers), 3 (segments), 4 (paging), 6 (gates) and 7 (tasks).

#ifndef JOS_INC_MMU_H
#define JOS_INC_MMU_H

#ifndef __ASSEMBLER__
#include <inc/types.h>
#endif

// ---------------------------------------------------------------- paging
//
// A linear address la has three parts:
//
//	31          22 21          12 11           0
//	| directory   | table        | offset       |
//	  PDX(la)       PTX(la)        PGOFF(la)
//	`------ PGNUM(la) ----------'

#define PGNUM(la)	(((uintptr_t) (la)) >> PTXSHIFT)
#define PDX(la)		((((uintptr_t) (la)) >> PDXSHIFT) & 0x3FF)
#define PTX(la)		((((uintptr_t) (la)) >> PTXSHIFT) & 0x3FF)
#define PGOFF(la)	(((uintptr_t) (la)) & 0xFFF)
#define PGADDR(d, t, o)	\
	((void *) ((d) << PDXSHIFT | (t) << PTXSHIFT | (o)))

#define NPDENTRIES	1024		// entries of a page directory
#define NPTENTRIES	1024		// entries of a page table
#define PGSIZE		4096		// bytes that a page table entry maps
#define PGSHIFT		12
#define PTSIZE		(PGSIZE * NPTENTRIES)	// bytes a directory entry maps
#define PTSHIFT		22
#define PTXSHIFT	12
#define PDXSHIFT	22

// Entries of directories and tables
#define PTE_P		0x001		// present
#define PTE_W		0x002		// writable
#define PTE_U		0x004		// accessible in user mode
#define PTE_PWT		0x008		// write-through
#define PTE_PCD		0x010		// not cached
#define PTE_A		0x020		// accessed (set by the processor)
#define PTE_D		0x040		// dirty (set by the processor)
#define PTE_PS		0x080		// directory only: maps 4 MiB itself
#define PTE_G		0x100		// global: survives a CR3 load

// Three bits that the processor leaves to software; the user library has a
// use for two of them.
#define PTE_AVAIL	0xE00
#define PTE_SHARE	0x400		// stays shared over fork and spawn
#define PTE_COW		0x800		// copy on write

// The bits that a program may pass in a system call.
#define PTE_SYSCALL	(PTE_AVAIL | PTE_P | PTE_W | PTE_U)

#define PTE_ADDR(pte)	((physaddr_t) (pte) & ~0xFFF)

// Error code of a page fault
#define FEC_PR		0x1		// page was present: a protection fault
#define FEC_WR		0x2		// access was a write
#define FEC_U		0x4		// access came from user mode

// ---------------------------------------------------- control registers

#define CR0_PE		0x00000001	// protected mode
#define CR0_MP		0x00000002
#define CR0_EM		0x00000004
#define CR0_TS		0x00000008
#define CR0_ET		0x00000010
#define CR0_NE		0x00000020
#define CR0_WP		0x00010000	// kernel obeys PTE_W too
#define CR0_AM		0x00040000
#define CR0_NW		0x20000000
#define CR0_CD		0x40000000
#define CR0_PG		0x80000000	// paging

#define CR4_VME		0x00000001
#define CR4_PVI		0x00000002
#define CR4_TSD		0x00000004
#define CR4_DE		0x00000008
#define CR4_PSE		0x00000010	// PTE_PS works
#define CR4_MCE		0x00000040
#define CR4_PCE		0x00000100
#define CR4_UMIP	0x00000800	// programs may not use sgdt, sidt, str
#define CR4_SMEP	0x00100000	// the kernel cannot run user pages
#define CR4_SMAP	0x00200000	// nor read or write them unless AC is 1

// ---------------------------------------------------------------- EFLAGS

#define FL_CF		0x00000001
#define FL_PF		0x00000004
#define FL_AF		0x00000010
#define FL_ZF		0x00000040
#define FL_SF		0x00000080
#define FL_TF		0x00000100	// trap after each instruction
#define FL_IF		0x00000200	// interrupts are enabled
#define FL_DF		0x00000400
#define FL_OF		0x00000800
#define FL_IOPL_MASK	0x00003000	// lowest privilege that may do I/O
#define FL_IOPL_0	0x00000000
#define FL_IOPL_1	0x00001000
#define FL_IOPL_2	0x00002000
#define FL_IOPL_3	0x00003000
#define FL_NT		0x00004000
#define FL_RF		0x00010000
#define FL_VM		0x00020000
#define FL_AC		0x00040000
#define FL_VIF		0x00080000
#define FL_VIP		0x00100000
#define FL_ID		0x00200000	// if software can change it: has CPUID

// -------------------------------------------------------------- segments

// Types of code and data segments
#define STA_X		0x8		// code
#define STA_E		0x4		// data: expands down
#define STA_C		0x4		// code: conforming
#define STA_W		0x2		// data: writable
#define STA_R		0x2		// code: readable
#define STA_A		0x1		// accessed

// Types of system segments
#define STS_T16A	0x1
#define STS_LDT		0x2
#define STS_T16B	0x3
#define STS_CG16	0x4
#define STS_TG		0x5
#define STS_IG16	0x6
#define STS_TG16	0x7
#define STS_T32A	0x9		// TSS, available
#define STS_T32B	0xB		// TSS, busy
#define STS_CG32	0xC
#define STS_IG32	0xE		// interrupt gate: clears IF
#define STS_TG32	0xF		// trap gate: leaves IF

#ifdef __ASSEMBLER__

// A descriptor is two words whose fields lie scattered (SDM 3A, 3.4.5).  A
// flat segment with 4 KiB granularity: 0xC0 sets G and D/B, 0x90 sets P and S.
#define SEG_NULL	.long 0, 0
#define SEG(type, base, lim)					\
	.word (((lim) >> 12) & 0xFFFF), ((base) & 0xFFFF);	\
	.byte (((base) >> 16) & 0xFF), (0x90 | (type)),		\
	      (0xC0 | (((lim) >> 28) & 0xF)), (((base) >> 24) & 0xFF)

#else

struct Segdesc {
	unsigned sd_lim_15_0 : 16;
	unsigned sd_base_15_0 : 16;
	unsigned sd_base_23_16 : 8;
	unsigned sd_type : 4;
	unsigned sd_s : 1;		// 1 code or data, 0 system
	unsigned sd_dpl : 2;
	unsigned sd_p : 1;
	unsigned sd_lim_19_16 : 4;
	unsigned sd_avl : 1;
	unsigned sd_rsv1 : 1;
	unsigned sd_db : 1;		// 32-bit
	unsigned sd_g : 1;		// limit counts 4 KiB units
	unsigned sd_base_31_24 : 8;
};

#define SEG_DESC(type, base, lim, dpl, gran) {			\
	.sd_lim_15_0 = (lim) & 0xFFFF,				\
	.sd_base_15_0 = (base) & 0xFFFF,			\
	.sd_base_23_16 = (base) >> 16 & 0xFF,			\
	.sd_type = (type), .sd_s = 1, .sd_dpl = (dpl), .sd_p = 1,	\
	.sd_lim_19_16 = (lim) >> 16 & 0xF,			\
	.sd_db = 1, .sd_g = (gran),				\
	.sd_base_31_24 = (uint32_t) (base) >> 24,		\
}

#define SEG_NULL	{ 0 }
#define SEG_FAULT	{ .sd_p = 1 }	// present, but using it faults
#define SEG(type, base, lim, dpl)	\
	SEG_DESC(type, base, (uint32_t) (lim) >> 12, dpl, 1)
#define SEG16(type, base, lim, dpl)	\
	(struct Segdesc) SEG_DESC(type, base, lim, dpl, 0)

// The TSS: JOS uses it to tell the processor which stack to take on a trap
// from user mode (ts_esp0, ts_ss0), and for task gates.
struct Taskstate {
	uint32_t ts_link;
	uintptr_t ts_esp0;
	uint16_t ts_ss0, ts_padding1;
	uintptr_t ts_esp1;
	uint16_t ts_ss1, ts_padding2;
	uintptr_t ts_esp2;
	uint16_t ts_ss2, ts_padding3;
	physaddr_t ts_cr3;
	uintptr_t ts_eip;
	uint32_t ts_eflags;
	uint32_t ts_eax, ts_ecx, ts_edx, ts_ebx;
	uintptr_t ts_esp, ts_ebp;
	uint32_t ts_esi, ts_edi;
	uint16_t ts_es, ts_padding4;
	uint16_t ts_cs, ts_padding5;
	uint16_t ts_ss, ts_padding6;
	uint16_t ts_ds, ts_padding7;
	uint16_t ts_fs, ts_padding8;
	uint16_t ts_gs, ts_padding9;
	uint16_t ts_ldt, ts_padding10;
	uint16_t ts_t;
	uint16_t ts_iomb;		// where the I/O permission map starts
};

struct Gatedesc {
	unsigned gd_off_15_0 : 16;
	unsigned gd_sel : 16;
	unsigned gd_args : 5;
	unsigned gd_rsv1 : 3;
	unsigned gd_type : 4;
	unsigned gd_s : 1;
	unsigned gd_dpl : 2;		// lowest privilege that may use int n
	unsigned gd_p : 1;
	unsigned gd_off_31_16 : 16;
};

#define GATE(gate, type, sel, off, dpl)				\
	((gate) = (struct Gatedesc) {				\
		.gd_off_15_0 = (uint32_t) (off) & 0xFFFF,	\
		.gd_sel = (sel), .gd_type = (type),		\
		.gd_dpl = (dpl), .gd_p = 1,			\
		.gd_off_31_16 = (uint32_t) (off) >> 16,		\
	})

// istrap: 1 leaves interrupts as they are, 0 disables them
#define SETGATE(gate, istrap, sel, off, dpl)	\
	GATE(gate, (istrap) ? STS_TG32 : STS_IG32, sel, off, dpl)
#define SETCALLGATE(gate, sel, off, dpl)	\
	GATE(gate, STS_CG32, sel, off, dpl)

// The operand of lgdt and lidt
struct Pseudodesc {
	uint16_t pd_lim;
	uint32_t pd_base;
} __attribute__((packed));

_Static_assert(sizeof(struct Segdesc) == 8, "SDM 3A, 3.4.5");
_Static_assert(sizeof(struct Gatedesc) == 8, "SDM 3A, 6.11");
_Static_assert(sizeof(struct Taskstate) == 104, "SDM 3A, 7.2.1");
_Static_assert(sizeof(struct Pseudodesc) == 6, "SDM 3A, 2.4");

#endif // !__ASSEMBLER__

#endif // JOS_INC_MMU_H
