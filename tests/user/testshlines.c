// tests/user/testshlines.c - the longest lines that the shell accepts, lines
// with errors, and shells started without some descriptors: each line writes
// the file that it should, or none.

#include <inc/lib.h>

#define SCRIPT	"/script"
#define LONGEST	1023			// characters of a line
#define MOST	32			// commands of a line

static const struct {
	const char *line;
	const char *file;		// the file that it may write
	const char *text;		// the file's contents; NULL: no file
} lines[] = {
	{ "echo one|cat|cat>/out1", "/out1", "one\n" },
	{ ">/out2 echo two", "/out2", "two\n" },
	{ "echo three >/wrong >/out3", "/out3", "three\n" },
	{ ">/out4", "/out4", "" },
	{ "cat </none >/out5", "/out5", NULL },
	{ "cat </motd </none >/out6", "/out6", NULL },
	{ "nosuch | cat >/out7", "/out7", "" },
	{ "echo lost | nosuch | cat >/out8", "/out8", "" },
	{ "echo x >/out9 | ", "/out9", NULL },
	{ "| echo x >/out9", "/out9", NULL },
	{ "echo x | | cat >/out9", "/out9", NULL },
	{ "echo x >/out9; echo y", "/out9", NULL },
	{ "echo x >/out9 >", "/out9", NULL },
	{ "echo x >/out9 <|cat", "/out9", NULL },
	{ "echo 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 >/out10", "/out10",
		"2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n" },
	{ "echo 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 >/out11", "/out11",
		NULL },
	{ "cat /none >/out12", "/out12", "" },
	{ "echo a  b\t >/out13", "/out13", "a b\n" },
	{ "echo no newline at the end >/out14", "/out14",
		"no newline at the end\n" },
};

static char text[2 * PGSIZE];

static int
create_script(void)
{
	int fd = open(SCRIPT, O_WRONLY | O_CREAT | O_TRUNC);

	if (fd < 0)
		panic("open %s: %e", SCRIPT, fd);
	return fd;
}

// Run the script in a shell that has descriptors 0 and 1 only if asked for.
static void
run_script(bool has_input, bool has_output)
{
	envid_t child = fork();

	if (child < 0)
		panic("fork: %e", child);
	if (child == 0) {
		if (!has_input)
			close(0);
		if (!has_output)
			close(1);
		envid_t sh = spawnl("/sh", "sh", SCRIPT, (char *) 0);
		if (sh < 0)
			panic("spawn sh: %e", sh);
		close_all();
		wait(sh);
		exit();
	}
	wait(child);
}

// Read the file, then remove it.  Returns its length or an error.
static int
take_file(const char *name)
{
	int fd = open(name, O_RDONLY);

	if (fd < 0)
		return fd;

	int n = readn(fd, text, sizeof(text) - 1);

	text[MAX(n, 0)] = '\0';
	close(fd);
	remove(name);
	return n;
}

static void
expect_file(const char *line, const char *file, const char *want)
{
	int r = take_file(file);

	if (!want && r != -E_NOT_FOUND)
		panic("%s: wrote %s", line, file);
	if (want && r < 0)
		panic("%s: %s: %e", line, file, r);
	if (want && strcmp(text, want) != 0)
		panic("%s: %s has '%s'", line, file, text);
}

static void
test_lines(bool has_input, bool has_output)
{
	int fd = create_script();

	for (unsigned i = 0; i < ARRAY_SIZE(lines); i++)
		fprintf(fd, "%s%s", i > 0 ? "\n" : "", lines[i].line);
	close(fd);
	run_script(has_input, has_output);
	for (unsigned i = 0; i < ARRAY_SIZE(lines); i++)
		expect_file(lines[i].line, lines[i].file, lines[i].text);
}

static void
test_longest_line(void)
{
	static const char begin[] = "echo ", end[] = " >/long";
	const int words = strlen(begin) + strlen(end);
	int fd = create_script();

	memset(text, 'x', LONGEST);
	memcpy(text, begin, strlen(begin));
	strcpy(text + LONGEST - strlen(end), end);
	fprintf(fd, "%s\n", text);
	close(fd);
	run_script(true, true);
	int r = take_file("/long");
	if (r != LONGEST - words + 1)
		panic("longest line: %d", r);
}

static void
test_pipeline(int commands, const char *want)
{
	int fd = create_script();

	fprintf(fd, "echo all");
	for (int i = 1; i < commands; i++)
		fprintf(fd, "|cat");
	fprintf(fd, ">/long\n");
	close(fd);
	run_script(true, true);
	expect_file("pipeline", "/long", want);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	close_all();
	opencons();
	opencons();
	for (int i = 0; i < 4; i++)
		test_lines(i & 1, i & 2);
	test_longest_line();
	test_pipeline(MOST, "all\n");
	test_pipeline(MOST + 1, NULL);
	cprintf("testshlines ok\n");
}
