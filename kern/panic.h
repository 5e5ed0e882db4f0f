// kern/panic.h - the machine cannot go on (panic itself: inc/assert.h).

#ifndef JOS_KERN_PANIC_H
#define JOS_KERN_PANIC_H

// What the first panic said (its format), or NULL while all is well.  CPUs
// that wait or take a trap and find it set stop, but for the one that set it.
extern const char *panicstr;
extern volatile int panic_cpu;		// which one that is

#endif // JOS_KERN_PANIC_H
