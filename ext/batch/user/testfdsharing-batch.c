// ext/batch/user/testfdsharing-batch.c - user/testfdsharing.c, with batch_fork in place of fork.

#include <ext/batch/batch.h>

#define fork batch_fork
#include <user/testfdsharing.c>
