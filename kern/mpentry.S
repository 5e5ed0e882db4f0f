// kern/mpentry.S - the first instructions of every CPU but the first.
//
// boot_aps (kern/init.c) copies what lies between mpentry_start and
// mpentry_end to MPENTRY_PADDR and sends the CPU a STARTUP message with that
// page.  The CPU wakes in real mode with CS:IP = (MPENTRY_PADDR / 16):0.
//
//  1. Real mode: zero the data segments.
//  2. Enter protected mode with flat segments.
//  3. Turn on paging with entry_pgdir, as kern/entry.S does, and the other bits
//     of %cr0 that mem_init sets on the first CPU.
//  4. Load the stack pointer that boot_aps left in mpentry_kstack.
//  5. Call mp_main at the address that mp_main is linked at.
//
// Up to step 3 the code must use addresses in the copy: MPBOOTPHYS.

#include <inc/memlayout.h>
#include <inc/mmu.h>

#define PHYS(x)		((x) - KERNBASE)
#define MPBOOTPHYS(x)	((x) - mpentry_start + MPENTRY_PADDR)

	.text
	.code16
	.balign	4
	.globl	mpentry_start
mpentry_start:
	cli				// 1
	cld
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss

	lgdtl	MPBOOTPHYS(ap_gdtdesc)	// 2
	movl	%cr0, %eax
	orl	$CR0_PE, %eax
	movl	%eax, %cr0
	ljmpl	$GD_KT, $MPBOOTPHYS(ap_protected)

	.code32
ap_protected:
	movw	$GD_KD, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	xorw	%ax, %ax
	movw	%ax, %fs
	movw	%ax, %gs

	movl	$PHYS(entry_pgdir), %eax	// 3
	movl	%eax, %cr3
	movl	%cr0, %eax
	orl	$(CR0_PE | CR0_PG | CR0_WP | CR0_MP | CR0_NE | CR0_AM), %eax
	movl	%eax, %cr0

	movl	mpentry_kstack, %esp	// 4
	xorl	%ebp, %ebp

	// A direct call would be relative to the copy, and miss mp_main.
	movl	$mp_main, %eax		// 5
	call	*%eax

1:	hlt				// it does not return
	jmp	1b

	.balign	4
ap_gdt:
	SEG_NULL
	SEG(STA_X | STA_R | STA_A, 0, 0xFFFFFFFF)	// GD_KT
	SEG(STA_W | STA_A, 0, 0xFFFFFFFF)		// GD_KD
ap_gdtdesc:
	.word	ap_gdtdesc - ap_gdt - 1
	.long	MPBOOTPHYS(ap_gdt)

	.globl	mpentry_end
mpentry_end:
