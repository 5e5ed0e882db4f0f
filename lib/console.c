// lib/console.c - the console: byte by byte, and as an open file.
//
// A program that reads the console as a file gets complete lines (canonical
// mode, in kern/tty.c).
//
// Entry points: cputchar, getchar, getkey, iscons, opencons, readline_prompt;
// the device devcons.

#include <inc/lib.h>

#define CHUNK		128	// bytes that devcons_write prints at once

// Prints on the console, whatever descriptor 1 is.
void
cputchar(int c)
{
	char ch = c;

	sys_cputs(&ch, 1);
}

// The next byte from descriptor 0; -E_EOF at its end, or an error.
int
getchar(void)
{
	unsigned char ch;
	int r = read(0, &ch, 1);

	if (r < 0)
		return r;
	return r == 0 ? -E_EOF : ch;
}

// Waits for the console's next key, which is neither echoed nor edited.
int
getkey(void)
{
	int c;

	while ((c = sys_cgetc()) == 0)
		sys_cons_wait();
	return c;
}

// 1 if the descriptor is the console, 0 if not, -E_INVAL if it is not open.
int
iscons(int num)
{
	struct Fd *fd;
	int r = fd_lookup(num, &fd);

	return r < 0 ? r : fd->fd_dev_id == devcons.dev_id;
}

// Returns a new descriptor or an error.
int
opencons(void)
{
	const int perm = PTE_P | PTE_U | PTE_W | PTE_SHARE;
	struct Fd *fd;
	int r;

	if ((r = fd_alloc(&fd)) < 0
	    || (r = sys_page_alloc(0, fd, perm)) < 0)
		return r;
	fd->fd_dev_id = devcons.dev_id;
	fd->fd_omode = O_RDWR;
	return fd2num(fd);
}

void
readline_prompt(const char *prompt)
{
	printf("%s", prompt);
}

// -------------------------------------------------------------- the device

// One byte at a time.
static ssize_t
devcons_read(struct Fd *fd, void *buf, size_t n)
{
	int c;

	USED(fd);
	if (n == 0)
		return 0;
	while ((c = sys_cons_line()) == 0)
		sys_cons_wait();
	if (c < 0)
		return c == -E_EOF ? 0 : c;
	*(char *) buf = c;
	return 1;
}

// Copies the bytes to the stack before sys_cputs reads them: the kernel calls
// no page-fault handler, which buf may need.
static ssize_t
devcons_write(struct Fd *fd, const void *buf, size_t n)
{
	char chunk[CHUNK];

	USED(fd);
	for (size_t done = 0; done < n; ) {
		size_t len = MIN(n - done, sizeof(chunk));

		memcpy(chunk, buf + done, len);
		sys_cputs(chunk, len);
		done += len;
	}
	return n;
}

static int
devcons_close(struct Fd *fd)
{
	USED(fd);
	return 0;
}

static int
devcons_stat(struct Fd *fd, struct Stat *st)
{
	USED(fd);
	strcpy(st->st_name, "<cons>");
	return 0;
}

struct Dev devcons = {
	.dev_id = 'c',
	.dev_name = "cons",
	.dev_read = devcons_read,
	.dev_write = devcons_write,
	.dev_close = devcons_close,
	.dev_stat = devcons_stat,
	.dev_trunc = dev_not_supported,
};
