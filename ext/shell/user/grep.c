// ext/shell/user/grep.c - prints lines that match a pattern.
//
//	grep [-cnv] pattern [file...]
//
// -c	print only how many there are
// -n	print the number of each line before it
// -v	lines that do not match
//
// In the pattern, ^ is the beginning of the line and $ its end, a dot any
// character, and x* any number of x, none included; \ takes such a meaning away.
// The status is 0 if there was such a line, otherwise 1.

#include <ext/shell/tool.h>

static bool flag[256];
static const char *pattern;
static bool several;			// files: print their names
static bool found;

static bool matches_here(const char *p, const char *s);

// How long is the first element of the pattern, without a *?
static int
element_length(const char *p)
{
	return *p == '\\' && p[1] ? 2 : 1;
}

static bool
matches_one(const char *p, char c)
{
	if (*p == '\\' && p[1])
		return c == p[1];
	return *p == '.' ? c != '\0' : c == *p && c != '\0';
}

// Does s begin with any number of what p is, and go on as `rest' says?
static bool
matches_many(const char *p, const char *rest, const char *s)
{
	for (; !matches_here(rest, s); s++)
		if (!matches_one(p, *s))
			return false;
	return true;
}

static bool
matches_here(const char *p, const char *s)
{
	for (;; s++) {
		const int length = *p ? element_length(p) : 0;

		if (length == 0)
			return true;
		if (strcmp(p, "$") == 0)
			return *s == '\0';
		if (p[length] == '*')
			return matches_many(p, p + length + 1, s);
		if (!matches_one(p, *s))
			return false;
		p += length;
	}
}

static bool
matches(const char *line)
{
	if (*pattern == '^')
		return matches_here(pattern + 1, line);
	do
		if (matches_here(pattern, line))
			return true;
	while (*line++);
	return false;
}

static void
grep(int fd, const char *name)
{
	static struct Lines in;
	char line[TOOL_LINE];
	int count = 0;

	in = (struct Lines) { .fd = fd };
	for (int n = 1; next_line(&in, line) >= 0; n++) {
		if (matches(line) == flag['v'])
			continue;
		count++;
		if (flag['c'])
			continue;
		if (several)
			printf("%s:", name);
		if (flag['n'])
			printf("%d:", n);
		printf("%s\n", line);
	}
	found = found || count > 0;
	if (flag['c'])
		printf("%s%s%d\n", several ? name : "", several ? ":" : "",
			count);
}

void
umain(int argc, char **argv)
{
	static const char how[] = "[-cnv] pattern [file...]";
	struct Argstate args;
	int c;

	argstart(&argc, argv, &args);
	while ((c = argnext(&args)) >= 0) {
		if (c != 'c' && c != 'n' && c != 'v')
			usage(how);
		flag[c] = true;
	}
	if (argc < 2)
		usage(how);
	pattern = argv[1];
	several = argc > 3;
	for_each_input(argc - 1, argv + 1, grep);
	exit_with(tool_status ? 2 : !found);
}
