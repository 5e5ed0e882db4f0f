// lib/file.c - files: the client's side of the file server.
//
// Entry points: open, remove, sync; the device devfile.
//
// A request is a number and a page, fsipcbuf (inc/fs.h); the server answers
// with a number, and in the page.  Two answers bring a page of their own: to
// FSREQ_OPEN the new descriptor, and to FSREQ_LEND a block of the file.

#include <inc/lib.h>

union Fsipc fsipcbuf __attribute__((aligned(PGSIZE)));

// The server answers in fsipcbuf, so the page must be ours and writable.  After
// a fork it may still wait to be copied; what it held does not matter, and a
// new page can be refused, where copying would end us.
static int
begin_request(void)
{
	const int perm = PTE_P | PTE_W | PTE_U;

	if (uvpt[PGNUM(&fsipcbuf)] & PTE_W)
		return 0;
	return sys_page_alloc(0, &fsipcbuf, perm);
}

static envid_t server;			// that we asked last

// The file server's id, or 0 if there is none.  It is mostly still the same.
static envid_t
find_server(void)
{
	const volatile struct Env *e = &envs[ENVX(server)];

	if (server == 0 || e->env_id != server || e->env_status == ENV_FREE
	    || e->env_status == ENV_DYING)
		server = ipc_find_env(ENV_TYPE_FS);
	return server;
}

// Send the request in a page and return the answer; a page that comes with it
// is mapped at dstva.  Returns -E_NOT_SUPP if there is no server, and
// -E_BAD_ENV if it ends meanwhile.
static int
fsipc_in(void *page, int request, void *dstva)
{
	const int perm = PTE_P | PTE_W | PTE_U;

	if (find_server() == 0)
		return -E_NOT_SUPP;
	return ipc_call(server, request, page, perm, dstva);
}

// The same for fsipcbuf.
static int
fsipc(int request, void *dstva)
{
	return fsipc_in(&fsipcbuf, request, dstva);
}

// Begin a request with a path in it.  Returns 0; -E_BAD_PATH if it is too
// long; or what begin_request says.
static int
set_path(char *field, const char *path)
{
	int r;

	if (strnlen(path, MAXPATHLEN) >= MAXPATHLEN)
		return -E_BAD_PATH;
	if ((r = begin_request()) == 0)
		strcpy(field, path);
	return r;
}

// Returns a descriptor or an error.
int
open(const char *path, int mode)
{
	struct Fd *fd;
	int r;

	if ((r = set_path(fsipcbuf.open.req_path, path)) < 0
	    || (r = fd_alloc(&fd)) < 0)
		return r;
	fsipcbuf.open.req_omode = mode;
	if ((r = fsipc(FSREQ_OPEN, fd)) < 0)
		return r;
	return fd2num(fd);
}

int
remove(const char *path)
{
	int r = set_path(fsipcbuf.remove.req_path, path);

	return r < 0 ? r : fsipc(FSREQ_REMOVE, NULL);
}

// Have everything written to the disk.
int
sync(void)
{
	int r = begin_request();

	return r < 0 ? r : fsipc(FSREQ_SYNC, NULL);
}

// ---------------------------------------------------------- blocks on loan
// Who reads a file in small pieces borrows the block that they are in: the
// server maps it at FDLOAN, to be read.  It changes no file before it has
// recalled what it lent, by a number in the descriptor's page.  The first piece
// comes as an answer to FSREQ_READ, for many want no more than one.

static int last_read;			// the file of the last such answer

static struct Loan {
	envid_t server;
	int id;				// of the open file
	uint32_t recalls;		// as it was before we asked
	uint32_t block;
	size_t size;			// how much of the file is in it
} loan;

static bool
have_loan(const struct Fd *fd, uint32_t block)
{
	return loan.block == block && loan.id == fd->fd_file.id
		&& loan.recalls == fd->fd_file.recalls
		&& loan.server == find_server();
}

// Returns whether we have this block now, which is the one at the offset.  The
// descriptor itself is the request: so the server knows that we have it.
static bool
borrow(struct Fd *fd, uint32_t block)
{
	const uint32_t recalls = fd->fd_file.recalls;
	const int size = fsipc_in(fd, FSREQ_LEND, (void *) FDLOAN);

	if (size <= 0)
		return false;		// what was at FDLOAN still is
	loan = (struct Loan) { server, fd->fd_file.id, recalls, block, size };
	return true;
}

// The block is free to be forgotten by all.
static void
give_back(const struct Fd *fd)
{
	if (loan.server == 0 || loan.id != fd->fd_file.id)
		return;
	sys_page_unmap(0, (void *) FDLOAN);
	loan.server = 0;
}

// May we move this descriptor's offset?  Where others, besides the server, have
// it too, only the server may, which does one thing at a time.
static bool
offset_is_ours(struct Fd *fd)
{
	return pageref(fd) == 2 && (uvpt[PGNUM(fd)] & PTE_W);
}

// Read n bytes of one block, fewer only at the end of the file, from a loan.
// Returns how many, or -E_NOT_SUPP if that cannot be.
static ssize_t
read_loan(struct Fd *fd, void *buf, size_t n)
{
	const uint32_t block = (uint32_t) fd->fd_offset / BLKSIZE;
	const size_t into = (uint32_t) fd->fd_offset % BLKSIZE;

	if (into + n > BLKSIZE || !offset_is_ours(fd)
	    || !(have_loan(fd, block) || (last_read == fd->fd_file.id
		&& borrow(fd, block))))
		return -E_NOT_SUPP;
	n = MIN(n, MAX(loan.size, into) - into);
	memcpy(buf, (char *) FDLOAN + into, n);
	if (fd->fd_file.recalls != loan.recalls)
		return -E_NOT_SUPP;	// it may have changed meanwhile
	fd->fd_offset += n;
	return n;
}

// -------------------------------------------------------------- the device

// One page at most.
static ssize_t
devfile_read(struct Fd *fd, void *buf, size_t n)
{
	int r;

	n = MIN(n, sizeof(fsipcbuf.readRet.ret_buf));

	ssize_t got = read_loan(fd, buf, n);

	if (got >= 0)
		return got;
	if ((r = begin_request()) < 0)
		return r;
	fsipcbuf.read.req_fileid = fd->fd_file.id;
	fsipcbuf.read.req_n = n;
	got = fsipc(FSREQ_READ, NULL);
	if (got > 0) {
		last_read = fd->fd_file.id;
		assert((size_t) got <= n);
		memcpy(buf, fsipcbuf.readRet.ret_buf, got);
	}
	return got;
}

// As much as a request holds at most.
static ssize_t
devfile_write(struct Fd *fd, const void *buf, size_t n)
{
	int r = begin_request();

	if (r < 0)
		return r;
	n = MIN(n, sizeof(fsipcbuf.write.req_buf));
	fsipcbuf.write.req_fileid = fd->fd_file.id;
	fsipcbuf.write.req_n = n;
	memcpy(fsipcbuf.write.req_buf, buf, n);

	ssize_t taken = fsipc(FSREQ_WRITE, NULL);

	assert(taken < 0 || (size_t) taken <= n);
	return taken;
}

// The server notices by itself that a descriptor is gone.  But what was
// written has to reach the disk, or we hear that it does not.
static int
devfile_close(struct Fd *fd)
{
	int r;

	give_back(fd);
	if ((fd->fd_omode & O_ACCMODE) == O_RDONLY)
		return 0;
	if ((r = begin_request()) < 0)
		return r;
	fsipcbuf.flush.req_fileid = fd->fd_file.id;
	return fsipc(FSREQ_FLUSH, NULL);
}

static int
devfile_stat(struct Fd *fd, struct Stat *st)
{
	int r = begin_request();

	if (r < 0)
		return r;
	fsipcbuf.stat.req_fileid = fd->fd_file.id;
	if ((r = fsipc(FSREQ_STAT, NULL)) < 0)
		return r;
	strlcpy(st->st_name, fsipcbuf.statRet.ret_name, MAXNAMELEN);
	st->st_size = fsipcbuf.statRet.ret_size;
	st->st_isdir = fsipcbuf.statRet.ret_isdir;
	return 0;
}

static int
devfile_trunc(struct Fd *fd, off_t size)
{
	int r = begin_request();

	if (r < 0)
		return r;
	fsipcbuf.set_size.req_fileid = fd->fd_file.id;
	fsipcbuf.set_size.req_size = size;
	return fsipc(FSREQ_SET_SIZE, NULL);
}

struct Dev devfile = {
	.dev_id = 'f',
	.dev_name = "file",
	.dev_read = devfile_read,
	.dev_write = devfile_write,
	.dev_close = devfile_close,
	.dev_stat = devfile_stat,
	.dev_trunc = devfile_trunc,
};
