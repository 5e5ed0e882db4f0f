// kern/gates.h - IDT entries of interrupts that the labs do not have
// (kern/gates.c).

#ifndef JOS_KERN_GATES_H
#define JOS_KERN_GATES_H

void gates_init(void);

#endif // JOS_KERN_GATES_H
