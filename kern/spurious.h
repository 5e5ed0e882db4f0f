// kern/spurious.h - interrupts that nobody asked for (kern/spurious.c).

#ifndef JOS_KERN_SPURIOUS_H
#define JOS_KERN_SPURIOUS_H

#include <inc/types.h>

// Is this the vector of a spurious interrupt?  Then it is acknowledged now, and
// there is nothing more to do.  Needs no lock.
bool spurious_take(uint32_t vector);

// Print a line for each kind of spurious interrupt that has come, once.
void spurious_report(void);

#endif // JOS_KERN_SPURIOUS_H
