// kern/kdebug.h - finds the source line and function of an address
// (kern/kdebug.c).

#ifndef JOS_KERN_KDEBUG_H
#define JOS_KERN_KDEBUG_H

#include <inc/types.h>

struct Eipdebuginfo {
	const char *eip_file;		// source file
	int eip_line;			// line, or 0
	const char *eip_fn_name;	// function: eip_fn_namelen bytes
	int eip_fn_namelen;
	uintptr_t eip_fn_addr;		// its first instruction
	int eip_fn_narg;		// arguments: 0, for no table has them
};

// Fill in what is known about addr.  Returns 0; a negative value if nothing is
// known, and then info has "<unknown>", line 0 and addr.  For a return address
// pass the byte before it, as the line or function may end with the call.  The
// names stay valid until the next call of debuginfo_eip.
int debuginfo_eip(uintptr_t addr, struct Eipdebuginfo *info);

#endif // JOS_KERN_KDEBUG_H
