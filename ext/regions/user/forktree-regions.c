// ext/regions/user/forktree-regions.c - user/forktree.c, with the fork of
// ext/regions.

#include <ext/regions/regions.h>

#include <user/forktree.c>
