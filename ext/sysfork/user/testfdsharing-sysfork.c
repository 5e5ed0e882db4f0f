// ext/sysfork/user/testfdsharing-sysfork.c - user/testfdsharing.c, with sys_fork in place of fork.

#include <ext/sysfork/sysfork.h>

#define fork sys_fork
#include <user/testfdsharing.c>
