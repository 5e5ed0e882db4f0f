// ext/batch/user/testpteshare-batch.c - user/testpteshare.c, with batch_fork in place of fork.

#include <ext/batch/batch.h>

#define fork batch_fork
#include <user/testpteshare.c>
