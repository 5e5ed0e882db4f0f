// kern/irqwait.h - the file server sleeps until its disk interrupts.

#ifndef JOS_KERN_IRQWAIT_H
#define JOS_KERN_IRQWAIT_H

#include <inc/env.h>
#include <inc/types.h>

// What the file server sleeps on (kern/sleep.c)
extern const char disk_interrupt;

// e, which is curenv, sleeps until the disk interrupts.  If e ends, its devices
// are stopped by writing 0 to stop_port, unless that is 0.  Returns 1 if there
// was an interrupt already, else 0, which e gets if none comes in time.
int irq_wait(struct Env *e, int stop_port);

// Take the interrupt of this vector, which needs no lock.  Returns whether it
// is the disk's, and a file server has ever waited for that.
bool irqwait_take(uint32_t vector);

// If the disk has interrupted, wake the server that sleeps on it, and return
// that; else NULL.
struct Env *irqwait_answer(void);

void irqwait_tick(void);		// time passes
void irqwait_end(const struct Env *e);	// before the pages of e are freed

#endif // JOS_KERN_IRQWAIT_H
