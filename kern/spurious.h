// kern/spurious.h - spurious interrupts (kern/spurious.c).

#ifndef JOS_KERN_SPURIOUS_H
#define JOS_KERN_SPURIOUS_H

#include <inc/types.h>

// If the interrupt of this vector is spurious, handle it and return true; else
// return false.  Needs no lock.
bool spurious_take(uint32_t vector);

// Print a line for each kind of spurious interrupt that has come and was not
// reported before.
void spurious_report(void);

#endif // JOS_KERN_SPURIOUS_H
