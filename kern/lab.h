// kern/lab.h - what differs from lab to lab, as data.
//
// The labs grow one kernel, and their graders contradict each other: what
// lab 3 must print, lab 4 must not.  Everything that depends on the lab is a
// field of struct Lab; the table is in kern/lab.c.

#ifndef JOS_KERN_LAB_H
#define JOS_KERN_LAB_H

#include <inc/types.h>

struct Lab {
	int number;

	// How far boot goes; each step includes those before it
	bool memory;			// 2: page allocator and page tables
	bool user;			// 3: environments and traps
	bool smp;			// 4: other CPUs, interrupts, scheduler
	bool fs;			// 5: the file server

	// What the graders of this lab count on
	bool backtrace_test;		// 1: test_backtrace(5) at start
	bool trace_traps;		// 3: a line for each trap
	bool env_messages;		// 3, 4: environments come and go aloud
	bool only_env;			// 3: the end of the only one is the end

	// A program's int3, and so its panic, stops the machine in the monitor.
	// In lab 5, which is a system to use, it just ends the program.
	bool stops_at_int3;

	// May programs make calls that replace those written in lab 4
	// (PTE_REPLACEMENTS)?
	bool replacements;

	// Run when nobody says what to run; 0: the monitor
	const char *program;
};

extern const struct Lab *lab;		// the one we are in
extern bool debugging;			// stop at int3 in every lab
extern bool debug_asked;		// programs and the console may ask for
					// checks (kern/debug/audit.c)

// Settle which lab this is: what QEMU was told (fw_cfg opt/jos/lab), or what
// the kernel was built for.  With fw_cfg opt/jos/debug, somebody debugs; if
// that is "check" or "lock", without stopping at int3; with "lock", watching
// the kernel's lock.
void lab_init(void);

#endif // JOS_KERN_LAB_H
