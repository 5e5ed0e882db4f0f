// ext/shell/user/sort.c - sorts the lines of files, or of its input.
//
//	sort [-nr] [file...]
//
// -n	by the number at the beginning
// -r	greatest first
//
// Merge sort: equal lines stay in their order.

#include <ext/shell/tool.h>

#define MAXLINES	16384

static bool flag[256];
static char *lines[MAXLINES], *merged[MAXLINES];
static int nlines;

static void
take_lines(int fd, const char *name)
{
	size_t size;
	char *s = read_all(fd, &size);
	char *const end = s + size;

	USED(name);
	while (s < end) {
		if (nlines == MAXLINES) {
			complain("more than %d lines", MAXLINES);
			exit_with(1);
		}
		lines[nlines++] = s;
		s = strfind(s, '\n');
		*s++ = '\0';
	}
}

// Does a come before b, or are they equal?
static bool
in_order(const char *a, const char *b)
{
	int difference = 0;

	if (flag['n']) {
		const long x = strtol(a, NULL, 10), y = strtol(b, NULL, 10);

		difference = (x > y) - (x < y);
	} else
		difference = strcmp(a, b);
	return flag['r'] ? difference >= 0 : difference <= 0;
}

// Sort lines[from] up to, but without, lines[to].
static void
sort(int from, int to)
{
	const int middle = from + (to - from) / 2;
	int left = from, right = middle;

	if (to - from < 2)
		return;
	sort(from, middle);
	sort(middle, to);
	for (int i = from; i < to; i++)
		if (right == to || (left < middle
		    && in_order(lines[left], lines[right])))
			merged[i] = lines[left++];
		else
			merged[i] = lines[right++];
	memcpy(lines + from, merged + from, (to - from) * sizeof(*lines));
}

void
umain(int argc, char **argv)
{
	struct Argstate args;
	int c;

	argstart(&argc, argv, &args);
	while ((c = argnext(&args)) >= 0) {
		if (c != 'n' && c != 'r')
			usage("[-nr] [file...]");
		flag[c] = true;
	}
	for_each_input(argc, argv, take_lines);
	sort(0, nlines);
	for (int i = 0; i < nlines; i++)
		printf("%s\n", lines[i]);
	exit_with(tool_status);
}
