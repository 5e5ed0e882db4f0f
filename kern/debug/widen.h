// kern/debug/widen.h - random delays, to find races (kern/debug/widen.c).

#ifndef JOS_KERN_DEBUG_WIDEN_H
#define JOS_KERN_DEBUG_WIDEN_H

#include <inc/types.h>

void widen_init(void);

// With fw_cfg opt/jos/widen, wait a random time now and then.  Calls stand
// where the kernel may race with another CPU.
extern bool widened;
void widen_delay(void);
static inline void
widen(void)
{
	if (widened)
		widen_delay();
}

#endif // JOS_KERN_DEBUG_WIDEN_H
