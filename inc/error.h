// inc/error.h - error codes.  The kernel, the library and the file server
// return them negated.  lib/printfmt.c has a text for each.

#ifndef JOS_INC_ERROR_H
#define JOS_INC_ERROR_H

enum {
	E_UNSPECIFIED	= 1,	// any error without a code of its own
	E_BAD_ENV	= 2,	// no such environment, or not the caller's
	E_INVAL		= 3,	// invalid argument
	E_NO_MEM	= 4,	// no physical page left
	E_NO_FREE_ENV	= 5,	// all NENV environments are in use
	E_FAULT		= 6,	// address not accessible

	E_IPC_NOT_RECV	= 7,	// target does not wait for a message
	E_EOF		= 8,	// end of input

	E_NO_DISK	= 9,	// every disk block is in use
	E_MAX_OPEN	= 10,	// no descriptor or open-file slot left
	E_NOT_FOUND	= 11,	// no such file or block
	E_BAD_PATH	= 12,	// path or component too long
	E_FILE_EXISTS	= 13,	// a file that is to be new exists
	E_NOT_EXEC	= 14,	// not an ELF program for this machine
	E_NOT_SUPP	= 15,	// the device lacks this operation

	MAXERROR
};

#endif // JOS_INC_ERROR_H
