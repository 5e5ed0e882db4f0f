// kern/trap.h - exceptions, interrupts and system calls enter here.

#ifndef JOS_KERN_TRAP_H
#define JOS_KERN_TRAP_H

#include <inc/mmu.h>
#include <inc/trap.h>
#include <inc/types.h>

extern struct Gatedesc idt[256];
extern struct Pseudodesc idt_pd;

// Did this trap interrupt a program?  The kernel itself runs at level 0.
static inline bool
from_user(const struct Trapframe *tf)
{
	return (tf->tf_cs & 3) != 0;
}

void trap_init(void);
void trap_init_percpu(void);
void trap(struct Trapframe *tf) __attribute__((noreturn));
extern struct Trapframe *last_tf;	// frame of the trap being handled

// If not NULL, a trap in the kernel calls this first: for checks of what stubs
// push (kern/debug/contract_env.c).
extern void (*trap_hook)(struct Trapframe *tf);
void page_fault_handler(struct Trapframe *tf);

// kern/trapframe.c
void print_regs(struct PushRegs *regs);
void print_trapframe(struct Trapframe *tf);	// with CR2 if it is last_tf

#endif // JOS_KERN_TRAP_H
