// ext/sysfork/user/primespipe-sysfork.c - user/primespipe.c, with sys_fork in place of fork.

#include <ext/sysfork/sysfork.h>

#define fork sys_fork
#include <user/primespipe.c>
