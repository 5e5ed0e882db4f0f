// kern/tty.h - the console as the terminal of programs (kern/tty.c).

#ifndef JOS_KERN_TTY_H
#define JOS_KERN_TTY_H

#include <inc/env.h>
#include <inc/types.h>

// Return the next key as it was typed, or the next byte of a line that was
// edited and ended; 0 if there is none yet; -E_EOF: the line is only ^D.
int tty_getkey(void);
int tty_getline(void);

// Make e, and the environments that it starts from now on, the foreground job,
// which ^C ends; if on is false, there is none.
void foreground_set(struct Env *e, bool on);
void foreground_inherit(const struct Env *parent, envid_t child);

// Act on the hot keys that were typed (kern/console.h).  May leave curenv
// ENV_DYING, for the caller to free.
void tty_hotkeys(void);

#endif // JOS_KERN_TTY_H
