// ext/sysfork/user/primes-sysfork.c - user/primes.c, with sys_fork in place of fork.

#include <ext/sysfork/sysfork.h>

#define fork sys_fork
#include <user/primes.c>
