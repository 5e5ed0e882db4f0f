// kern/debug/bootmark.h - how far the boot had come, and when.

#ifndef JOS_KERN_DEBUG_BOOTMARK_H
#define JOS_KERN_DEBUG_BOOTMARK_H

#include <inc/types.h>

enum BootMark {
	BOOT_MAIN,			// i386_init begins
	BOOT_MEMORY,			// mem_init is through
	BOOT_PROMPT,			// somebody wants input
	NBOOTMARKS
};

// The time stamp counter at the first boot_mark of each kind, less the time that
// the boot CPU was idle; 0: not yet, or this processor has none.
extern uint64_t boot_marks[NBOOTMARKS];

void boot_mark(enum BootMark mark);

#endif // JOS_KERN_DEBUG_BOOTMARK_H
