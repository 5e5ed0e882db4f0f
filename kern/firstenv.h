// kern/firstenv.h - the programs linked into the kernel, and which run first.

#ifndef JOS_KERN_FIRSTENV_H
#define JOS_KERN_FIRSTENV_H

#include <inc/types.h>

struct Program {
	const char *name;		// "user_hello"
	uint8_t *start;			// its ELF file
	uint32_t size;
};

extern const struct Program programs[];	// ended by a null name
extern const int built_lab;		// what make was told
extern const char built_program[];	// "user_hello", or "none"

// Create the file server, if this lab has one, and the program asked for.
void first_envs(void);

// Start a file server that has ended again; the boot CPU calls this at each
// tick.
void firstenv_tick(void);

#endif // JOS_KERN_FIRSTENV_H
