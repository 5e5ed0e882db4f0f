// ext/shell/user/head.c - copies the first lines of files, or of its input.
//
//	head [-n lines] [file...]		10 lines

#include <ext/shell/tool.h>

static int wanted = 10;

static void
head(int fd, const char *name)
{
	static struct Lines in;
	char line[TOOL_LINE];
	int length;

	USED(name);
	in = (struct Lines) { .fd = fd };
	for (int i = 0; i < wanted && (length = next_line(&in, line)) >= 0; i++) {
		line[length] = '\n';
		put(line, length + 1);
	}
}

void
umain(int argc, char **argv)
{
	struct Argstate args;
	int c;

	argstart(&argc, argv, &args);
	while ((c = argnext(&args)) >= 0) {
		const char *value = c == 'n' ? argvalue(&args) : NULL;

		if (!value || (wanted = number(value, 10)) < 0)
			usage("[-n lines] [file...]");
	}
	for_each_input(argc, argv, head);
	exit_with(tool_status);
}
