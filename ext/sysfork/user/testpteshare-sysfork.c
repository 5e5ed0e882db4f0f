// ext/sysfork/user/testpteshare-sysfork.c - user/testpteshare.c, with sys_fork in place of fork.

#include <ext/sysfork/sysfork.h>

#define fork sys_fork
#include <user/testpteshare.c>
