// ext/shell/status.h - a program's status at its end, and who wants to know it.

#ifndef JOS_EXT_SHELL_STATUS_H
#define JOS_EXT_SHELL_STATUS_H

#include <inc/lib.h>

// End with this status.  A program that a trap ends has status 128 + the number of
// the trap, one that was killed KILLED.
void exit_with(int status) __attribute__((noreturn));

// Wait until env has ended.  Returns its status, or `untold' if it said none: it
// just ended, or ^C ended it.
int wait_status(envid_t env, int untold);

#define FAULTED		128
#define KILLED		(FAULTED + 127)

#endif // JOS_EXT_SHELL_STATUS_H
