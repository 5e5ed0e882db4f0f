; ext/nasm/pfentry.asm - lib/pfentry.S for NASM, in the notation of Intel's
; manuals: the destination comes first, and a register has no mark.
;
; The steps are those of lib/pfentry.S:
;
;   1. call the handler; C expects the direction flag to be clear
;   2. make room for a word on the faulting stack, and put utf_eip there
;   3. restore the registers
;   4. restore the flags: from here on nothing may change them
;   5. change to the faulting stack; ret takes the word from step 2

	bits	32

UTF_REGS	equ	8
UTF_EIP		equ	40
UTF_EFLAGS	equ	44
UTF_ESP		equ	48

	extern	_pgfault_handler
	global	_pgfault_upcall:function (_pgfault_upcall.end - _pgfault_upcall)

	section	.text
_pgfault_upcall:
	cld					; 1
	push	esp
	call	[_pgfault_handler]
	pop	eax

	mov	ecx, [esp + UTF_EIP]		; 2
	sub	dword [esp + UTF_ESP], 4
	mov	edx, [esp + UTF_ESP]
	mov	[edx], ecx

	lea	esp, [esp + UTF_REGS]		; 3
	popad

	lea	esp, [esp + UTF_EFLAGS - UTF_EIP]	; 4
	popfd

	pop	esp				; 5
	ret
.end:
