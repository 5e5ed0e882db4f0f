// lib/fd.c - file descriptors: what all kinds of open file have in common.
//
// Entry points for programs:
//   read, readn, write, seek, ftruncate, fstat, stat, dup, close, close_all
// for devices (lib/file.c, lib/pipe.c, lib/console.c):
//   fd_alloc, fd_lookup, fd_close, fd2num, fd2data, dev_lookup,
//   dev_not_supported, fd_sharing, fd_shared, fd_shares
//
// Descriptor i is the page at FDTABLE + i * PGSIZE, with a struct Fd at its
// start; it is open if the page is mapped.  A device may have another page of
// data with it, at FILEDATA + i * PGSIZE.  Both carry PTE_SHARE, so children
// inherit them, and their copies move one common file offset.

#include <inc/lib.h>
#include <inc/x86.h>

#define MAXFD		32
#define FDTABLE		0xD0000000
#define FILEDATA	(FDTABLE + MAXFD * PGSIZE)

// What we keep in a descriptor's page.  The file server knows only the fd.
struct FdPage {
	struct Fd fd;
	volatile uint32_t shares;	// how often it was about to be mapped
					// once more
};

_Static_assert(FILEDATA + MAXFD * PGSIZE <= FDLEASE, "no overlap");

static struct Dev *const devices[] = { &devfile, &devpipe, &devcons };

// ------------------------------------------------------- pages and numbers

static inline struct Fd *
num2fd(int num)
{
	return (struct Fd *) (FDTABLE + num * PGSIZE);
}

int
fd2num(struct Fd *fd)
{
	return ((uintptr_t) fd - FDTABLE) / PGSIZE;
}

char *
fd2data(struct Fd *fd)
{
	return (char *) (FILEDATA + fd2num(fd) * PGSIZE);
}

static inline bool
is_fd_number(int num)
{
	return num >= 0 && num < MAXFD;
}

// Find the lowest descriptor not in use, which stays so until the caller
// allocates its page.  Returns 0, or -E_MAX_OPEN with *store NULL.
int
fd_alloc(struct Fd **store)
{
	for (int num = 0; num < MAXFD; num++) {
		*store = num2fd(num);
		if (!page_is_mapped(*store))
			return 0;
	}
	*store = NULL;
	return -E_MAX_OPEN;
}

// Returns 0, or -E_INVAL if num is not an open descriptor.
int
fd_lookup(int num, struct Fd **store)
{
	if (!is_fd_number(num) || !page_is_mapped(num2fd(num)))
		return -E_INVAL;
	*store = num2fd(num);
	return 0;
}

// Is this the page of a descriptor, and can we write to it?
static bool
is_fd_page(const void *va)
{
	const uintptr_t addr = (uintptr_t) va;

	return addr >= FDTABLE && addr < FILEDATA && (uvpt[PGNUM(va)] & PTE_W);
}

// To be called before the page at va is mapped once more, here or in a child,
// and after its data page was, as lib/pipe.c requires.  Has an effect only if
// the page is a descriptor's.
void
fd_sharing(void *va)
{
	if (is_fd_page(va))
		xadd(&((struct FdPage *) va)->shares, 1);
}

// To be called after the page at va was mapped once more.
void
fd_shared(void *va)
{
	struct Fd *fd = va;

	if (is_fd_page(va) && fd->fd_dev_id == devpipe.dev_id
	    && page_is_mapped(fd2data(fd)))
		pipe_shared(fd);
}

// How often fd_sharing was called for this descriptor.
uint32_t
fd_shares(struct Fd *fd)
{
	return ((struct FdPage *) fd)->shares;
}

// ----------------------------------------------------------------- devices

int
dev_lookup(int dev_id, struct Dev **store)
{
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		if (devices[i]->dev_id == dev_id) {
			*store = devices[i];
			return 0;
		}
	}
	cprintf("[%08x] unknown device type %d\n", thisenv->env_id, dev_id);
	*store = NULL;
	return -E_INVAL;
}

// For a dev_trunc that a device does not have.
int
dev_not_supported(struct Fd *fd, off_t size)
{
	USED(fd);
	USED(size);
	return -E_NOT_SUPP;
}

// The descriptor num and its device.  Returns 0 or an error.
static int
fd_open_device(int num, struct Fd **fd, struct Dev **dev)
{
	int r = fd_lookup(num, fd);

	return r < 0 ? r : dev_lookup((*fd)->fd_dev_id, dev);
}

// Find the descriptor num and its device, and refuse one opened in mode
// `wrong`.  Returns 0 or an error.
static int
fd_open_device_unless(int wrong, const char *op, int num, struct Fd **fd,
	struct Dev **dev)
{
	int r = fd_open_device(num, fd, dev);

	if (r < 0)
		return r;
	if (((*fd)->fd_omode & O_ACCMODE) == wrong) {
		cprintf("[%08x] %s %d -- bad mode\n", thisenv->env_id, op, num);
		return -E_INVAL;
	}
	return 0;
}

// ------------------------------------------------------- closing, doubling

// Close fd and return the result of its device.  A descriptor that is not open
// is an error only if must_exist is set.
int
fd_close(struct Fd *fd, bool must_exist)
{
	struct Dev *dev;
	int r = fd_lookup(fd2num(fd), &fd);

	if (r < 0)
		return must_exist ? r : 0;
	if ((r = dev_lookup(fd->fd_dev_id, &dev)) >= 0)
		r = dev->dev_close(fd);
	// Does nothing if the device has unmapped the page already.
	sys_page_unmap(0, fd);
	return r;
}

int
close(int num)
{
	struct Fd *fd;
	int r = fd_lookup(num, &fd);

	return r < 0 ? r : fd_close(fd, true);
}

void
close_all(void)
{
	for (uintptr_t va = next_mapped(FDTABLE, FILEDATA); va < FILEDATA;
	     va = next_mapped(va + PGSIZE, FILEDATA))
		close(fd2num((struct Fd *) va));
}

static int
map_again(void *from, void *to)
{
	return sys_page_map(0, from, 0, to, uvpt[PGNUM(from)] & PTE_SYSCALL);
}

// Make newfd another name of the open file oldfd, after closing what newfd
// was.  Returns newfd or an error.  The data page comes first: see lib/pipe.c.
int
dup(int oldfd, int newfd)
{
	struct Fd *from, *to;
	int r;

	if ((r = fd_lookup(oldfd, &from)) < 0)
		return r;
	if (!is_fd_number(newfd))
		return -E_INVAL;
	if (newfd == oldfd)
		return newfd;

	close(newfd);
	to = num2fd(newfd);

	if (page_is_mapped(fd2data(from))
	    && (r = map_again(fd2data(from), fd2data(to))) < 0)
		return r;
	fd_sharing(from);
	if ((r = map_again(from, to)) < 0) {
		sys_page_unmap(0, fd2data(to));
		return r;
	}
	fd_shared(from);
	return newfd;
}

// ------------------------------------------------------- reading and writing

// Read at most n bytes, but wait for one.  Returns how many came, 0 at the
// end of the file, or an error.
ssize_t
read(int num, void *buf, size_t n)
{
	struct Fd *fd;
	struct Dev *dev;
	int r = fd_open_device_unless(O_WRONLY, "read", num, &fd, &dev);

	return r < 0 ? r : dev->dev_read(fd, buf, n);
}

// Read n bytes, fewer only at the end of the file.
ssize_t
readn(int num, void *buf, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t r = read(num, buf + done, n - done);

		if (r < 0)
			return r;
		if (r == 0)
			break;
		done += r;
	}
	return done;
}

// Write up to n bytes.  Returns how many were taken, or an error.
ssize_t
write(int num, const void *buf, size_t n)
{
	struct Fd *fd;
	struct Dev *dev;
	int r = fd_open_device_unless(O_RDONLY, "write", num, &fd, &dev);

	return r < 0 ? r : dev->dev_write(fd, buf, n);
}

int
seek(int num, off_t offset)
{
	struct Fd *fd;
	int r = fd_lookup(num, &fd);

	if (r < 0)
		return r;
	fd->fd_offset = offset;
	return 0;
}

int
ftruncate(int num, off_t size)
{
	struct Fd *fd;
	struct Dev *dev;
	int r = fd_open_device_unless(O_RDONLY, "ftruncate", num, &fd, &dev);

	return r < 0 ? r : dev->dev_trunc(fd, size);
}

int
fstat(int num, struct Stat *st)
{
	struct Fd *fd;
	struct Dev *dev;
	int r = fd_open_device(num, &fd, &dev);

	if (r < 0)
		return r;
	memset(st, 0, sizeof(*st));
	st->st_dev = dev;
	return dev->dev_stat(fd, st);
}

int
stat(const char *path, struct Stat *st)
{
	int num = open(path, O_RDONLY);

	if (num < 0)
		return num;

	int r = fstat(num, st);

	close(num);
	return r;
}
