// kern/picirq.h - the two 8259A interrupt controllers of the PC.

#ifndef JOS_KERN_PICIRQ_H
#define JOS_KERN_PICIRQ_H

#define MAX_IRQS	16		// lines of both controllers
#define IO_PIC1		0x20		// master: lines 0 to 7
#define IO_PIC2		0xA0		// slave: lines 8 to 15
#define IRQ_SLAVE	2		// the master's line from the slave

#ifndef __ASSEMBLER__

#include <inc/types.h>

extern bool pic_ready;			// pic_init was called
extern uint16_t irq_mask_8259A;		// a bit for each line, 1: masked

void pic_silence(void);
void pic_init(void);
void pic_eoi(unsigned irq);
void irq_setmask_8259A(uint16_t mask);

#endif // !__ASSEMBLER__

#endif // JOS_KERN_PICIRQ_H
