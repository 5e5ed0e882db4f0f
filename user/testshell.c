// user/testshell.c - runs testshell.sh in a shell and compares what it
// prints with testshell.key, byte by byte.

#include <inc/lib.h>
#include <inc/x86.h>

#define MAXTEXT	16384

static char got[MAXTEXT], want[MAXTEXT];

// Open name as descriptor num.
static void
open_as(int num, const char *name, int mode)
{
	int fd = open(name, mode);

	if (fd < 0)
		panic("open %s: %e", name, fd);
	if (fd != num) {
		dup(fd, num);
		close(fd);
	}
}

// In a child: run sh -x < testshell.sh, with the pipe as output.
static void __attribute__((noreturn))
run_shell(int pfd[2])
{
	int r;

	open_as(0, "testshell.sh", O_RDONLY);
	dup(pfd[1], 1);
	close(pfd[0]);
	close(pfd[1]);
	if ((r = spawnl("/sh", "sh", "-x", (char *) 0)) < 0)
		panic("spawn: %e", r);
	close_all();
	wait(r);
	exit();
}

// Read all of fd, as a string, and close fd.
static void
read_text(int fd, char *text)
{
	int n = readn(fd, text, MAXTEXT - 1);

	if (n < 0)
		panic("read: %e", n);
	text[n] = '\0';
	close(fd);
}

static void
print_text(const char *title, const char *text)
{
	cprintf("%s:\n===\n%s\n", title, text);
}

// Print both texts, from the first line that differs on.
static void
show_difference(void)
{
	int line = 0;

	for (int i = 0; got[i] == want[i]; i++)
		if (got[i] == '\n')
			line = i + 1;
	cprintf("shell produced incorrect output.\n");
	print_text("expected", want + line);
	print_text("got", got + line);
}

void
umain(int argc, char **argv)
{
	int pfd[2], r;

	USED(argc);
	USED(argv);
	binaryname = "testshell";

	// Console as 0 and 1, so that the pipe and files get other numbers
	close_all();
	opencons();
	opencons();

	cprintf("running sh -x < testshell.sh | cat\n");
	if ((r = pipe(pfd)) < 0)
		panic("pipe: %e", r);
	envid_t child = fork();
	if (child < 0)
		panic("fork: %e", child);
	if (child == 0)
		run_shell(pfd);
	close(pfd[1]);
	read_text(pfd[0], got);
	wait(child);

	if ((r = open("testshell.key", O_RDONLY)) < 0)
		panic("open testshell.key: %e", r);
	read_text(r, want);

	if (strcmp(got, want) == 0)
		cprintf("shell ran correctly\n");
	else
		show_difference();
	breakpoint();
}
