// ext/sysfork/user/testpipe-sysfork.c - user/testpipe.c, with sys_fork in place of fork.

#include <ext/sysfork/sysfork.h>

#define fork sys_fork
#include <user/testpipe.c>
