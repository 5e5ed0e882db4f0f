// kern/irqwait.h - the file server sleeps until its disk interrupts.

#ifndef JOS_KERN_IRQWAIT_H
#define JOS_KERN_IRQWAIT_H

#include <inc/env.h>
#include <inc/types.h>

// What the file server sleeps on (kern/sleep.c)
extern const char disk_interrupt;

// Put e, which is curenv, to sleep until the disk interrupts or a timeout.
// Returns 1 if an interrupt is pending, which ends the sleep at once; else 0,
// the result of e's system call after a timeout.  If e ends, irqwait_end writes
// 0 to stop_port, unless that is 0, to stop the disk's DMA.
int irq_wait(struct Env *e, int stop_port);

// If vector is the disk's and a file server has called irq_wait, acknowledge
// the interrupt and return true; else return false.  Needs no lock.
bool irqwait_take(uint32_t vector);

// If a disk interrupt is pending, wake the file server that sleeps until it
// comes.  Returns the file server, or NULL if none was woken.
struct Env *irqwait_wake_server(void);

void irqwait_tick(void);		// at each tick, for the timeout
void irqwait_end(const struct Env *e);	// before the pages of e are freed

#endif // JOS_KERN_IRQWAIT_H
