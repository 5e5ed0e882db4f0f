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
	bool env_messages;		// 3, 4: print when an environment is
					// created and when it ends
	bool only_env;			// 3: when the only environment ends,
					// enter the monitor

	// A program's int3, and so its panic, enters the monitor.  In lab 5,
	// which is a system to use, int3 just ends the program.
	bool stops_at_int3;

	// May programs make calls that replace those written in lab 4
	// (PTE_REPLACEMENTS)?
	bool replacements;

	// The program to run if neither fw_cfg nor make names one
	const char *program;
};

extern const struct Lab *lab;		// the lab that this kernel runs
extern bool debugging;			// int3 enters the monitor
extern bool debug_asked;		// programs and the console may ask for
					// checks (kern/debug/audit.c)

// Set lab from fw_cfg opt/jos/lab, or to the lab that the kernel was built for.
// Set debug_asked if there is fw_cfg opt/jos/debug, and debugging too, unless
// its value is "check" or "lock"; "lock" sets spin_watched.
void lab_init(void);

#endif // JOS_KERN_LAB_H
