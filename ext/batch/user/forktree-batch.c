// ext/batch/user/forktree-batch.c - user/forktree.c, with batch_fork in place of fork.

#include <ext/batch/batch.h>

#define fork batch_fork
#include <user/forktree.c>
