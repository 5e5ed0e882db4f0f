// user/primespipe.c - user/primes.c with pipes instead of messages: one prime a
// line, for ever.

#include <inc/lib.h>

static void
read_number(int fd, int *n)
{
	int r = readn(fd, n, sizeof(*n));

	if (r < 0)
		panic("read: %e", r);
	if (r != sizeof(*n))
		panic("read %d bytes of a number", r);
}

static void
write_number(int fd, int n)
{
	int r = write(fd, &n, sizeof(n));

	if (r < 0)
		panic("write: %e", r);
	if (r != sizeof(n))
		panic("wrote %d bytes of a number", r);
}

// Fork a child that reads from a pipe.  Sets *fd to the end for writing in the
// parent and to the end for reading in the child.  Returns true in the child.
static bool
fork_reader(int *fd)
{
	int ends[2], r;
	envid_t child;

	if ((r = pipe(ends)) < 0)
		panic("pipe: %e", r);
	if ((child = fork()) < 0)
		panic("fork: %e", child);
	*fd = ends[child == 0 ? 0 : 1];
	close(ends[child == 0 ? 1 : 0]);
	return child == 0;
}

// One link of the chain.  Its child, the next link, continues at the top of the
// outer loop.
static void
sieve(int in)
{
	for (;;) {
		int prime, n, out;

		read_number(in, &prime);
		cprintf("%d\n", prime);
		if (fork_reader(&out)) {
			close(in);
			in = out;
			continue;
		}
		for (;;) {
			read_number(in, &n);
			if (n % prime != 0)
				write_number(out, n);
		}
	}
}

void
umain(int argc, char **argv)
{
	int fd;

	USED(argc), USED(argv);

	binaryname = "primespipe";
	if (fork_reader(&fd))
		sieve(fd);
	for (int n = 2; ; n++)
		write_number(fd, n);
}
