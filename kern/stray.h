// kern/stray.h - interrupts that nobody asked for.

#ifndef JOS_KERN_STRAY_H
#define JOS_KERN_STRAY_H

#include <inc/trap.h>
#include <inc/types.h>

// Is this trap such an interrupt?  Then it needs nothing more.
bool stray_take(uint32_t vector);

// Tell of those that were taken, the first of each kind.
void stray_report(void);

#endif // JOS_KERN_STRAY_H
