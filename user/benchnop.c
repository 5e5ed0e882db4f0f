// user/benchnop.c - a program that does nothing, for user/benchfile.c to run.

#include <inc/lib.h>

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);
}
