// kern/kdebug.h - from an address to the source line behind it.

#ifndef JOS_KERN_KDEBUG_H
#define JOS_KERN_KDEBUG_H

#include <inc/types.h>

struct Eipdebuginfo {
	const char *eip_file;		// source file
	int eip_line;			// line, or 0
	const char *eip_fn_name;	// function: eip_fn_namelen bytes
	int eip_fn_namelen;
	uintptr_t eip_fn_addr;		// its first instruction
	int eip_fn_narg;		// arguments: 0, no table says
};

// Fill in what is known about addr.  Returns 0, or a negative value if
// nothing is; the fields then hold "<unknown>", 0 and addr itself.  What
// follows a call is the next line, or even the next function: of a return
// address ask about the byte before.  The names are good until the next call.
int debuginfo_eip(uintptr_t addr, struct Eipdebuginfo *info);

#endif // JOS_KERN_KDEBUG_H
