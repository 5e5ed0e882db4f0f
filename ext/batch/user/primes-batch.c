// ext/batch/user/primes-batch.c - user/primes.c, with batch_fork in place of fork.

#include <ext/batch/batch.h>

#define fork batch_fork
#include <user/primes.c>
