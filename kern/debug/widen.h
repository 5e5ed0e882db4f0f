// kern/debug/widen.h - random delays, to find what depends on timing
// (kern/debug/widen.c).

#ifndef JOS_KERN_DEBUG_WIDEN_H
#define JOS_KERN_DEBUG_WIDEN_H

#include <inc/types.h>

void widen_init(void);

// Put where it might matter what another CPU does meanwhile: with
// opt/jos/widen, sometimes wait a little.
extern bool widened;
void widen_delay(void);
static inline void
widen(void)
{
	if (widened)
		widen_delay();
}

#endif // JOS_KERN_DEBUG_WIDEN_H
