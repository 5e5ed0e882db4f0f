// kern/debug/bootmark.h - the times at which the boot reached its stages
// (kern/debug/bootmark.c).

#ifndef JOS_KERN_DEBUG_BOOTMARK_H
#define JOS_KERN_DEBUG_BOOTMARK_H

#include <inc/types.h>

enum BootMark {
	BOOT_MAIN,			// i386_init begins
	BOOT_MEMORY,			// mem_init has returned
	BOOT_PROMPT,			// first sys_cgetc
	NBOOTMARKS
};

// For each stage, the time stamp counter at the first call of boot_mark, minus
// sched_idle_time; 0: not reached yet, or the processor has no such counter.
extern uint64_t boot_marks[NBOOTMARKS];

void boot_mark(enum BootMark mark);

#endif // JOS_KERN_DEBUG_BOOTMARK_H
