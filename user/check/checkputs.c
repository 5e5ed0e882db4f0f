// user/check/checkputs.c - print a text of 101 bytes whose last byte the program
// may not read: it must end the program before a byte of it is printed.

#include <user/check/check.h>

void
umain(int argc, char **argv)
{
	char *const last = (char *) USTACKTOP - 4;

	USED(argc), USED(argv);

	look_at("sys_cputs", "lab 3, exercise 9; kern/syscall.c");
	memcpy(last, "ABCD", 4);
	sys_cputs(last - 96, 101);
	wrong("should end a program that may not read the last byte");
	for (;;)
		sys_env_destroy(0);
}
