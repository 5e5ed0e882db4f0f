// user/testkbd.c - echoes the lines typed at the console.

#include <inc/lib.h>

void
umain(int argc, char **argv)
{
	int fd;

	USED(argc), USED(argv);

	// Make the console descriptors 0 and 1, whatever was inherited
	close(0);
	if ((fd = opencons()) < 0)
		panic("opencons: %e", fd);
	if (fd != 0)
		panic("the console is descriptor %d, not 0", fd);
	if ((fd = dup(0, 1)) < 0)
		panic("dup: %e", fd);

	for (;;) {
		const char *line = readline("Type a line: ");

		if (line)
			printf("%s\n", line);
		else
			printf("(end of file received)\n");
	}
}
