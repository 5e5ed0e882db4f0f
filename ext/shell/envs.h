// ext/shell/envs.h - who runs, for ps and who.

#ifndef JOS_EXT_SHELL_ENVS_H
#define JOS_EXT_SHELL_ENVS_H

#include <inc/lib.h>

#define PROGNAME	32		// with its NUL; the rest is cut off

// The environment of that slot, as it was at some moment.  Returns false if
// there is none.
bool env_at(int slot, struct Env *e);

// Write the name of its program to `name': "fs" for the file server, "-" if the
// program got no arguments, and "" if there is no such environment any more.
void env_program(const struct Env *e, char name[PROGNAME]);

#endif // JOS_EXT_SHELL_ENVS_H
