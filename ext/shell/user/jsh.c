// ext/shell/user/jsh.c - a shell with lists, jobs, groups, quotes, variables,
// patterns, and lines that can be edited.
//
//	jsh [command-file]
//
// What a line means is in lib/parse.c and lib/expand.c, what keys do in
// lib/edit.c.

#include <ext/shell/sh.h>
#include <ext/shell/status.h>

// Make file the shell's input.
static void
read_from(const char *file)
{
	close(0);

	const int fd = open(file, O_RDONLY);

	if (fd == 0)
		return;
	fprintf(2, "jsh: %s: %e\n", file, fd);
	exit_with(1);
}

// Messages go to descriptor 2, which the plain shell does not open.  Whoever has
// started jsh may have opened none.
static void
open_messages(void)
{
	struct Fd *fd;
	int r;

	while (fd_lookup(2, &fd) < 0)
		if ((r = opencons()) < 0)
			panic("no descriptor for messages: %e", r);
}

void
umain(int argc, char **argv)
{
	char *line;

	if (argc > 2) {
		fprintf(2, "usage: jsh [command-file]\n");
		exit_with(1);
	}
	open_messages();
	if (argc == 2)
		read_from(argv[1]);
	sh_interactive = iscons(0) > 0;
	if (sh_interactive)
		sys_cons_foreground(false);
	while ((line = sh_interactive ? edit_line("$ ") : readline(NULL)))
		run_line(line);
	run_line("exit");
}
