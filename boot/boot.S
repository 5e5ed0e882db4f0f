// boot/boot.S - the first code after the BIOS: from real mode to C.
//
// The BIOS loads this sector at 0x7C00 and jumps there in real mode, with the
// number of the boot disk in %dl, which is not used.
//
//  1. Turn interrupts off, and set the data segment to 0.
//  2. Enable address line 20, which the BIOS may have left disabled (memory
//     above 1 MiB then mirrors memory below): through port 0x92, and through
//     the keyboard controller on machines without that port.
//  3. Enter protected mode with flat 4 GiB segments.
//  4. Set up a stack that grows down from this code, and call bootmain.

#include <inc/memlayout.h>
#include <inc/mmu.h>

#define PORT_SYSCTL	0x92		// bit 0 resets the machine,
#define SYSCTL_A20	0x02		// bit 1 enables line 20

#define KBC_STATUS	0x64		// in
#define KBC_COMMAND	0x64		// out
#define KBC_DATA	0x60
#define KBC_FULL	0x02		// status: it has not read the last byte
#define KBC_WRITE_OUT	0xD1		// command: the next byte sets its pins
#define KBC_A20_OPEN	0xDF		// pins: line 20 enabled, no reset

// Send a byte to the keyboard controller when it has read the last one.
// Without a controller, the port reads as all ones: the loop ends when %cx is
// 0.
	.macro	kbc_write label, byte, port
\label:	inb	$KBC_STATUS, %al
	testb	$KBC_FULL, %al
	loopnz	\label
	movb	$\byte, %al
	outb	%al, $\port
	.endm

#define PROT_MODE_CSEG	GD_KT		// the kernel's gdt has equal segments
#define PROT_MODE_DSEG	GD_KD		// at these selectors
#define CR0_PE_ON	CR0_PE

#define CGA_MEMORY	0xB8000
#define COM1		0x3F8
#define BOCHS_PORT	0x8A00

	.text
	.code16
	.globl	start
start:
	cli				// 1
	cld
	xorw	%ax, %ax
	movw	%ax, %ds

	xorw	%cx, %cx		// 2
	inb	$PORT_SYSCTL, %al
	orb	$SYSCTL_A20, %al
	andb	$0xFE, %al
	outb	%al, $PORT_SYSCTL

	kbc_write seta20.1, KBC_WRITE_OUT, KBC_COMMAND
	kbc_write seta20.2, KBC_A20_OPEN, KBC_DATA

	lgdtw	gdt			// 3
	movl	%cr0, %eax
	orb	$CR0_PE_ON, %al
	movl	%eax, %cr0
	ljmpw	$PROT_MODE_CSEG, $protcseg

	.code32
protcseg:
	movw	$PROT_MODE_DSEG, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss

	movl	$start, %esp		// 4
	call	bootmain

// Stop, because there is no disk, the disk fails, or it has no kernel.  Prints
// a question mark on the first serial port and the screen, and enters the
// debugger of Bochs.
	.globl	fail
fail:
	movb	$'?', %al
	movb	%al, CGA_MEMORY
	movw	$COM1, %dx
	outb	%al, %dx
	movw	$BOCHS_PORT, %ax
	movl	%eax, %edx
	outw	%ax, %dx
	movb	$0x8E, %ah
	outw	%ax, %dx
spin:
	jmp	spin

// The processor does not use the first descriptor, so its place holds the
// operand of lgdt.
gdt:
	.word	gdt_end - gdt - 1
	.long	gdt
	.word	0
	SEG(STA_X | STA_R, 0, 0xFFFFFFFF)	// PROT_MODE_CSEG
	SEG(STA_W, 0, 0xFFFFFFFF)		// PROT_MODE_DSEG
gdt_end:
