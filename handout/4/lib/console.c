// lib/console.c - the console, byte by byte.
//
// Entry points: cputchar, getchar, iscons.

// Prints on the console.
void
cputchar(int c)
{
	char ch = c;

	sys_cputs(&ch, 1);
}

// Waits for the console's next byte.
int
getchar(void)
{
	int c;

	while ((c = sys_cgetc()) == 0)
		;
	return c;
}

int
iscons(int fd)
{
	USED(fd);			// there are no other files
	return 1;
}
