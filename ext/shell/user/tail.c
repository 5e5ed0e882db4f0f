// ext/shell/user/tail.c - copies the last lines of files, or of its input.
//
//	tail [-n lines] [file...]		10 lines
//
// Where they begin is known only at the end, so a file is read as a whole.

#include <ext/shell/tool.h>

static int wanted = 10;

static void
tail(int fd, const char *name)
{
	size_t size, at;
	const char *text = read_all(fd, &size);
	int lines = 0;

	USED(name);
	for (at = size; at > 0; at--)
		if (text[at - 1] == '\n' && at < size && ++lines == wanted)
			break;
	put(text + (wanted > 0 ? at : size), size - (wanted > 0 ? at : size));
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
	for_each_input(argc, argv, tail);
	exit_with(tool_status);
}
