// ext/cow.h - for programs: the copy-on-write handler of extensions that fork
// in ways of their own.  lib/fork.c keeps its handler to itself.

#ifndef JOS_EXT_COW_H
#define JOS_EXT_COW_H

#include <inc/lib.h>

// For set_pgfault_handler: gives the program a copy of its own of a
// copy-on-write page that it writes to.  ext/regions/lib/cow.c
void copy_on_write(struct UTrapframe *utf);

#endif // JOS_EXT_COW_H
