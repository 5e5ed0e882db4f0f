// kern/firstenv.h - the programs linked into the kernel, and which run first.

#ifndef JOS_KERN_FIRSTENV_H
#define JOS_KERN_FIRSTENV_H

#include <inc/types.h>

struct Program {
	const char *name;		// "user_hello"
	uint8_t *start;			// its ELF file
	uint32_t size;
};

extern const struct Program programs[];	// ended by a name that is NULL
extern const int built_lab;		// make's LAB
extern const char built_program[];	// make's program, or "none"

// Create the file server, if this lab has one, and the first program.
void first_envs(void);

// If the file server has ended, start a new one.  The boot CPU calls this at
// each tick.
void firstenv_tick(void);

#endif // JOS_KERN_FIRSTENV_H
