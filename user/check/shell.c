// user/check/shell.c - looks at what the shell makes of < file.
//
// The shell runs lines from a file, and its output goes to another: then it and
// its commands have descriptors 0 and 1, and no others.

#include <inc/lib.h>

#include <user/check/check.h>

#define LINES		"/check-lines"
#define OUTPUT		"/check-output"

// A line, and what it prints
static const struct {
	const char *line, *output, *why;
} lines[] = {
	{ "echo one two >/check-a", "", "output to a file" },
	{ "cat </check-a", "one two\n", "input from a file" },
	{ "cat < /check-a", "one two\n", "input from a file, with a blank" },
	{ "cat </check-a >/check-b", "", "input and output" },
	{ "cat /check-b", "one two\n", "what input and output left" },
	{ "cat </check-a | cat", "one two\n", "input of the first command" },
	{ "echo x | cat </check-a", "one two\n",
		"input of the last command, which is not the pipe's" },
	{ "echo three >/check-b", "", "another file" },
	{ "cat </check-a </check-b", "three\n", "the last of two files" },
	{ "echo ran </check-none", "",
		"the file is missing: the command must not run" },
	{ "echo ran </check-none | cat", "",
		"the file is missing: the command must not run" },
	{ "echo ran </check-a", "ran\n", "a command that does not read" },
	{ "lsfd -1 </check-a",
		"fd 0: name check-a isdir 0 size 8 dev file\n"
		"fd 1: name check-output isdir 0 size 0 dev file\n",
		"descriptors: 0 is the file, and none is left over" },
	{ "cat </check-a", "one two\n", "the file, after all that" },
};

static void
save(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC);

	if (fd < 0)
		panic("open %s: %e", name, fd);
	if (write(fd, text, strlen(text)) != (int) strlen(text))
		panic("cannot write %s", name);
	close(fd);
}

static void
open_as(int num, const char *name, int mode)
{
	int fd = open(name, mode);

	if (fd != num)
		panic("open %s: %d, not %d", name, fd, num);
}

// Run one line.  Returns what it printed.
static const char *
output_of(const char *line)
{
	static char text[512];
	envid_t shell;
	int n;

	snprintf(text, sizeof(text), "%s\n", line);
	save(LINES, text);
	open_as(0, LINES, O_RDONLY);
	open_as(1, OUTPUT, O_RDWR | O_CREAT | O_TRUNC);
	if ((shell = spawnl("/sh", "sh", NULL)) < 0)
		panic("spawn /sh: %e", shell);
	wait(shell);
	seek(1, 0);
	n = readn(1, text, sizeof(text) - 1);
	text[MAX(n, 0)] = '\0';
	close_all();
	return text;
}

// What lsfd says of the output depends on how much it has written.
static bool
is_like(const char *got, const char *want)
{
	while (*got && *got == *want) {
		if (strncmp(got, "size ", 5) == 0) {
			got = strfind(got + 5, ' ');
			want = strfind(want + 5, ' ');
		} else {
			got++;
			want++;
		}
	}
	return *got == *want;
}

// Text in one line of a sentence
static const char *
shown(const char *text, char *buf, size_t size)
{
	size_t n = 0;

	for (; *text && n < size - 3; text++)
		if (*text == '\n') {
			buf[n++] = '\\';
			buf[n++] = 'n';
		} else
			buf[n++] = *text;
	buf[n] = '\0';
	return buf;
}

void
umain(int argc, char **argv)
{
	static char got_shown[64], want_shown[64];
	struct Stat st;

	USED(argc);
	USED(argv);
	look_at("runcmd", "lab 5, exercise 10; user/sh.c");
	for (uint32_t i = 0; i < ARRAY_SIZE(lines); i++) {
		const char *got = output_of(lines[i].line);

		expect(is_like(got, lines[i].output), "%s: `%s' prints `%s', "
			"expected `%s'", lines[i].why, lines[i].line,
			shown(got, got_shown, sizeof(got_shown)),
			shown(lines[i].output, want_shown,
				sizeof(want_shown)));
	}
	expect(stat("/check-none", &st) == -E_NOT_FOUND,
		"makes a file of a missing one after <");
	expect(stat("/check-a", &st) == 0 && st.st_size == 8,
		"a file after < is not as long as before");
	look_no_more();
}
