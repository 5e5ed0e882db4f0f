// ext/shell/lib/tool.c - what the tools share: arguments, messages, lines.
//
// Entry points: in ext/shell/tool.h.

#include <ext/shell/tool.h>

// read_all keeps what it reads from here on.
#define HEAP		0x10000000
#define HEAPEND		0x20000000

int tool_status;

// ----------------------------------------------------------------- messages

void
complain(const char *fmt, ...)
{
	struct Fd *fd;
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (fd_lookup(2, &fd) == 0)
		fprintf(2, "%s: %s\n", binaryname, text);
	else
		cprintf("%s: %s\n", binaryname, text);
	tool_status = 1;
}

void
usage(const char *arguments)
{
	complain("usage: %s %s", binaryname, arguments);
	exit_with(2);
}

int32_t
number(const char *text, int base)
{
	char *end;
	const long n = strtol(text, &end, base);

	return *text && *end == '\0' ? n : -1;
}

// ------------------------------------------------------------------- output

void
put(const void *buf, size_t n)
{
	for (ssize_t r; n > 0; buf += r, n -= r) {
		if ((r = write(1, buf, n)) > 0)
			continue;
		if (r < 0)
			complain("write: %e", r);
		exit_with(1);
	}
}

void
put_string(const char *s)
{
	put(s, strlen(s));
}

// -------------------------------------------------------------------- input

void
for_each_input(int argc, char **argv, void (*each)(int fd, const char *name))
{
	if (argc <= 1)
		each(0, "");
	for (int i = 1; i < argc; i++) {
		const int fd = open(argv[i], O_RDONLY);

		if (fd < 0) {
			complain("%s: %e", argv[i], fd);
			continue;
		}
		each(fd, argv[i]);
		close(fd);
	}
}

static int
next_byte(struct Lines *in)
{
	if (in->at == in->got) {
		in->at = 0;
		in->got = read(in->fd, in->buf, sizeof(in->buf));
		if (in->got < 0)
			complain("read: %e", in->got);
		in->got = MAX(in->got, 0);
		if (in->got == 0)
			return -1;
	}
	return (unsigned char) in->buf[in->at++];
}

int
next_line(struct Lines *in, char line[TOOL_LINE])
{
	int c, n = 0;

	while (n < TOOL_LINE - 1 && (c = next_byte(in)) >= 0 && c != '\n')
		line[n++] = c;
	line[n] = '\0';
	return n == 0 && c < 0 ? -1 : n;
}

char *
read_all(int fd, size_t *size)
{
	static char *heap = (char *) HEAP;	// where there is no page yet
	static char *end = (char *) HEAP;	// of what was read
	char *const start = end;
	int r = 1;

	for (; r > 0; end += r) {
		if (end + 1 >= heap) {
			if (heap == (char *) HEAPEND
			    || (r = sys_page_alloc(0, heap,
				PTE_P | PTE_U | PTE_W)) < 0)
				break;
			heap += PGSIZE;
		}
		r = read(fd, end, heap - end - 1);
		if (r < 0)
			break;
	}
	if (r != 0) {
		complain("%e", r < 0 ? r : -E_NO_MEM);
		exit_with(1);
	}
	*size = end - start;
	end++;				// behind the '\0'
	return start;
}
