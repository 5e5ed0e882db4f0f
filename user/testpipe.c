// user/testpipe.c - what is written to a pipe can be read from it, and each
// side notices when the other is gone.

#include <inc/lib.h>

static const char message[] =
	"A pipe is a page of memory, a ring of bytes and two descriptors; it "
	"has to hold more than this sentence at a time for none of its parts.";

static void
open_pipe(int ends[2])
{
	int r;

	if ((r = pipe(ends)) < 0)
		panic("pipe: %e", r);
}

static envid_t
fork_or_panic(void)
{
	envid_t child = fork();

	if (child < 0)
		panic("fork: %e", child);
	return child;
}

static void
close_end(int fd)
{
	cprintf("[%08x] %s close %d\n", thisenv->env_id, binaryname, fd);
	close(fd);
}

// Read until the writer closes the pipe.
static void
read_message(int fd)
{
	char buf[2 * sizeof(message)];
	int n;

	cprintf("[%08x] %s readn %d\n", thisenv->env_id, binaryname, fd);
	if ((n = readn(fd, buf, sizeof(buf) - 1)) < 0)
		panic("read: %e", n);
	buf[n] = '\0';
	if (strcmp(buf, message) == 0)
		cprintf("\npipe read closed properly\n");
	else
		cprintf("\ngot %d bytes: %s\n", n, buf);
}

static void
write_message(int fd)
{
	int n;

	cprintf("[%08x] %s write %d\n", thisenv->env_id, binaryname, fd);
	n = write(fd, message, strlen(message));
	if (n != strlen(message))
		panic("write: %e", n);
}

// A child reads until no writer is left.
static void
test_end_of_data(void)
{
	int ends[2];
	envid_t child;

	binaryname = "pipereadeof";
	open_pipe(ends);
	child = fork_or_panic();
	if (child == 0) {
		close_end(ends[1]);
		read_message(ends[0]);
		exit();
	}
	close_end(ends[0]);
	write_message(ends[1]);
	close(ends[1]);
	wait(child);
}

// A child writes until no reader is left.
static void
test_no_reader(void)
{
	int ends[2];
	envid_t child;

	binaryname = "pipewriteeof";
	open_pipe(ends);
	child = fork_or_panic();
	if (child == 0) {
		close(ends[0]);
		do
			cprintf(".");
		while (write(ends[1], "x", 1) == 1);
		cprintf("\npipe write closed properly\n");
		exit();
	}
	close(ends[0]);
	close(ends[1]);
	wait(child);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	test_end_of_data();
	test_no_reader();
	cprintf("pipe tests passed\n");
}
