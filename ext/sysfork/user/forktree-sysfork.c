// ext/sysfork/user/forktree-sysfork.c - user/forktree.c, with sys_fork in place of fork.

#include <ext/sysfork/sysfork.h>

#define fork sys_fork
#include <user/forktree.c>
