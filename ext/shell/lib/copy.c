// ext/shell/lib/copy.c - copying a file, for cp and mv.
//
// Entry point: copy_file.

#include <ext/shell/copy.h>

// A file copied to itself would be empty before it was read.
static bool
is_same_file(const char *a, const char *b)
{
	while (*a == '/')
		a++;
	while (*b == '/')
		b++;
	return strcmp(a, b) == 0;
}

static int
copy_bytes(int in, int out)
{
	static char buf[PGSIZE];
	ssize_t n, r = 0;

	while ((n = read(in, buf, sizeof(buf))) > 0)
		for (ssize_t done = 0; done < n; done += r)
			if ((r = write(out, buf + done, n - done)) < 0)
				return r;
	return n;
}

bool
copy_file(const char *from, const char *to)
{
	int in, out, r;
	struct Stat st;

	if (is_same_file(from, to)) {
		complain("%s and %s are the same file", from, to);
		return false;
	}
	if ((in = open(from, O_RDONLY)) < 0) {
		complain("%s: %e", from, in);
		return false;
	}
	if (fstat(in, &st) == 0 && st.st_isdir) {
		complain("%s is a directory", from);
		return false;
	}
	if ((out = open(to, O_WRONLY | O_CREAT | O_TRUNC)) < 0) {
		complain("%s: %e", to, out);
		return false;
	}
	r = copy_bytes(in, out);
	close(in);
	const int closed = close(out);		// which writes to the disk
	if (r == 0)
		r = closed;
	if (r < 0)
		complain("%s: %e", to, r);
	return r == 0;
}
