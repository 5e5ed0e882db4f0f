// tests/user/testsforktree.c - user/forktree.c, with sfork in place of fork.

#define fork sfork
#include <user/forktree.c>
