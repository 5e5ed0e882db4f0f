// lib/libmain.c - what a program does before and after its umain.
//
// Entry point: libmain, called by lib/entry.S.

#include <inc/lib.h>

const char *binaryname = "<unknown>";

void libmain(int argc, char **argv) __attribute__((noreturn));

void
libmain(int argc, char **argv)
{
	thisenv = &envs[ENVX(sys_getenvid())];
	binaryname = argc > 0 ? argv[0] : binaryname;

	umain(argc, argv);
	exit();
}
