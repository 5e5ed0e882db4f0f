// lib/file.c - files: the client's side of the file server.
//
// Entry points: open, remove, sync; the device devfile.
//
// A request is a number and a page, fsipcbuf (inc/fs.h); the server answers
// with a number, and in the page.  Only the answer to FSREQ_OPEN brings a
// page of its own: the new descriptor.

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

// The file server's id, or 0 if there is none.  It is mostly still the one that
// we asked before.
static envid_t
find_server(void)
{
	static envid_t server;
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
fsipc_in(union Fsipc *page, int request, void *dstva)
{
	const int perm = PTE_P | PTE_W | PTE_U;
	envid_t server = find_server();

	if (server == 0)
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

// -------------------------------------------------------------- the device

// Can the file server write its answer, n bytes, to this buffer itself?  The
// request has to fit there as well.
static bool
can_take_answer(const void *buf, size_t n)
{
	return PGOFF(buf) == 0 && n >= sizeof(struct Fsreq_read)
		&& page_is_mapped(buf) && (uvpt[PGNUM(buf)] & PTE_W);
}

// The buffer is the page of the request.  What the answer does not cover is
// afterwards as it was before.
static ssize_t
read_into(struct Fd *fd, union Fsipc *page, size_t n)
{
	const struct Fsreq_read was = page->read;

	page->read.req_fileid = fd->fd_file.id;
	page->read.req_n = n;

	ssize_t got = fsipc_in(page, FSREQ_READ, NULL);
	const size_t kept = MAX(got, 0);

	assert(kept <= n);
	if (kept < sizeof(was))
		memcpy((char *) page + kept, (const char *) &was + kept,
			sizeof(was) - kept);
	return got;
}

// One page at most.
static ssize_t
devfile_read(struct Fd *fd, void *buf, size_t n)
{
	int r;

	n = MIN(n, sizeof(fsipcbuf.readRet.ret_buf));
	if (can_take_answer(buf, n))
		return read_into(fd, buf, n);
	if ((r = begin_request()) < 0)
		return r;
	fsipcbuf.read.req_fileid = fd->fd_file.id;
	fsipcbuf.read.req_n = n;

	ssize_t got = fsipc(FSREQ_READ, NULL);

	if (got > 0) {
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
