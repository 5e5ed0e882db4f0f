// ext/batch/user/testpipe-batch.c - user/testpipe.c, with batch_fork in place of fork.

#include <ext/batch/batch.h>

#define fork batch_fork
#include <user/testpipe.c>
