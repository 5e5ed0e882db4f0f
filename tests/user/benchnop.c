// tests/user/benchnop.c - a program that does nothing, for
// tests/user/benchfile.c to run.

#include <inc/lib.h>

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);
}
