// ext/checkpoint/checkpoint.h - saving a child, to have it go on from there.

#ifndef JOS_EXT_CHECKPOINT_H
#define JOS_EXT_CHECKPOINT_H

#include <inc/lib.h>

// ext/checkpoint/lib/checkpoint.c
envid_t checkpoint(envid_t child);
int restore(envid_t child, envid_t saved);

#endif // JOS_EXT_CHECKPOINT_H
