// ext/batch/user/primespipe-batch.c - user/primespipe.c, with batch_fork in place of fork.

#include <ext/batch/batch.h>

#define fork batch_fork
#include <user/primespipe.c>
