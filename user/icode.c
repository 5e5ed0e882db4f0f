// user/icode.c - the first program of lab 5: shows a file, starts init.

#include <inc/lib.h>

void
umain(int argc, char **argv)
{
	char buf[512];
	int fd, n, r;

	USED(argc);
	USED(argv);
	binaryname = "icode";
	cprintf("icode startup\n");

	cprintf("icode: open /motd\n");
	if ((fd = open("/motd", O_RDONLY)) < 0)
		panic("icode: open /motd: %e", fd);

	cprintf("icode: read /motd\n");
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		sys_cputs(buf, n);

	cprintf("icode: close /motd\n");
	close(fd);

	cprintf("icode: spawn /init\n");
	r = spawnl("/init", "init", "initarg1", "initarg2", (char *) 0);
	if (r < 0)
		panic("icode: spawn /init: %e", r);

	cprintf("icode: exiting\n");
}
