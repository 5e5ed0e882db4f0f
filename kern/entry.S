// kern/entry.S - where the kernel begins, with paging still off.
//
// The code is linked at KERNBASE + 1 MiB but loaded at 1 MiB.  Until step 3
// it runs at the address it was loaded at, so an absolute address must have
// KERNBASE taken off.
//
// Entry point: entry; the boot loader jumps to _start, the same place by its
// physical address (kern/kernel.ld).
//
//  1. Tell the BIOS that a reset should skip the memory test.
//  2. Turn on paging with entry_pgdir, which maps the first 8 MiB both at 0
//     and at KERNBASE.
//  3. Jump to the address that this code is linked at.
//  4. Take the boot stack; a frame pointer of 0 ends backtraces.
//  5. Go on in C, in kern/init.c.

#include <inc/memlayout.h>
#include <inc/mmu.h>

#define PHYS(x)		((x) - KERNBASE)

#define MULTIBOOT_MAGIC	0x1BADB002
#define MULTIBOOT_FLAGS	0

#define WARM_BOOT	0x472		// BIOS data area: the reset flag
#define WARM_BOOT_SKIP	0x1234

	.section .text.entry, "ax"

	// A boot loader such as GRUB looks for this among the first 8 KiB.
	.balign	4
	.long	MULTIBOOT_MAGIC
	.long	MULTIBOOT_FLAGS
	.long	-(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)

	.globl	entry
	.type	entry, @function
entry:
	cli				// 1
	movw	$WARM_BOOT_SKIP, WARM_BOOT

	movl	$PHYS(entry_pgdir), %ecx	// 2
	movl	%ecx, %cr3
	movl	%cr0, %ecx
	orl	$(CR0_PE | CR0_PG | CR0_WP), %ecx
	movl	%ecx, %cr0

	movl	$high, %ecx		// 3
	jmp	*%ecx
high:
	xorl	%ebp, %ebp		// 4
	movl	$bootstacktop, %esp

	call	i386_init		// 5

1:	hlt				// it does not return
	jmp	1b
	.size	entry, . - entry

// The boot CPU's first stack, and a page below it that is never used:
// guard_init unmaps that page.
	.bss
	.balign	PGSIZE
	.globl	bootstack_gap, bootstack, bootstacktop
bootstack_gap:
	.space	PGSIZE
bootstack:
	.space	KSTKSIZE
bootstacktop:
