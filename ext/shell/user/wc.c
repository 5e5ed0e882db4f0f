// ext/shell/user/wc.c - counts lines, words and bytes.
//
//	wc [-lwc] [file...]
//
// -l	only lines; -w only words; -c only bytes

#include <ext/shell/tool.h>

struct Counts {
	int lines, words, bytes;
};

static bool flag[256];
static struct Counts total;

static void
print(const struct Counts *c, const char *name)
{
	const bool all = !flag['l'] && !flag['w'] && !flag['c'];
	char text[64];
	int n = 0;

	if (all || flag['l'])
		n += snprintf(text + n, sizeof(text) - n, " %d", c->lines);
	if (all || flag['w'])
		n += snprintf(text + n, sizeof(text) - n, " %d", c->words);
	if (all || flag['c'])
		snprintf(text + n, sizeof(text) - n, " %d", c->bytes);
	printf("%s%s%s\n", text + 1, *name ? " " : "", name);
}

static void
count(int fd, const char *name)
{
	struct Counts c = { 0, 0, 0 };
	static char buf[PGSIZE];
	bool in_word = false;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (int i = 0; i < n; i++) {
			const bool blank = buf[i] == ' ' || buf[i] == '\t'
				|| buf[i] == '\n' || buf[i] == '\r';

			c.bytes++;
			c.lines += buf[i] == '\n';
			c.words += !blank && !in_word;
			in_word = !blank;
		}
	if (n < 0)
		complain("%s: %e", name, n);
	print(&c, name);
	total.lines += c.lines;
	total.words += c.words;
	total.bytes += c.bytes;
}

void
umain(int argc, char **argv)
{
	struct Argstate args;
	int c;

	argstart(&argc, argv, &args);
	while ((c = argnext(&args)) >= 0) {
		if (c != 'l' && c != 'w' && c != 'c')
			usage("[-lwc] [file...]");
		flag[c] = true;
	}
	for_each_input(argc, argv, count);
	if (argc > 2)
		print(&total, "total");
	exit_with(tool_status);
}
