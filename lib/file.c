// lib/file.c - files: the client's side of the file server.
//
// Entry points: open, remove, sync; the device devfile.
//
// A request is a number and the page fsipcbuf (inc/fs.h); the server replies
// with a number, and in fsipcbuf.  Two replies come with a page: the reply to
// FSREQ_OPEN with the new descriptor, that to FSREQ_LEASE with a file's block.

#include <inc/lib.h>

union Fsipc fsipcbuf __attribute__((aligned(PGSIZE)));

// Make fsipcbuf writable, for the server replies in that page.  After a fork it
// is copy-on-write; begin_request replaces it by a new page, because its
// contents do not matter and sys_page_alloc returns an error when memory is
// short, where the copy-on-write handler would panic.
static int
begin_request(void)
{
	const int perm = PTE_P | PTE_W | PTE_U;

	if (uvpt[PGNUM(&fsipcbuf)] & PTE_W)
		return 0;
	return sys_page_alloc(0, &fsipcbuf, perm);
}

static envid_t server;			// found by find_server

// The file server's id, or 0 if there is none.  Searches envs[] only if the
// server that it found last is gone.
static envid_t
find_server(void)
{
	const volatile struct Env *e = &envs[ENVX(server)];

	if (server == 0 || e->env_id != server || e->env_status == ENV_FREE
	    || e->env_status == ENV_DYING)
		server = ipc_find_env(ENV_TYPE_FS);
	return server;
}

// Send the server a request whose page is `page`, and return its reply; a page
// that comes with the reply is mapped at dstva.  Returns -E_NOT_SUPP if there
// is no server, and -E_BAD_ENV if the server ends meanwhile.
static int
fsipc_in(void *page, int request, void *dstva)
{
	const int perm = PTE_P | PTE_W | PTE_U;

	if (find_server() == 0)
		return -E_NOT_SUPP;
	return ipc_call(server, request, page, perm, dstva);
}

// Send the request in fsipcbuf, as fsipc_in does.
static int
fsipc(int request, void *dstva)
{
	return fsipc_in(&fsipcbuf, request, dstva);
}

// Begin a request and copy path to this field of fsipcbuf.  Returns 0;
// -E_BAD_PATH if the path is too long; or an error of begin_request.
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

// Have the server write everything to the disk.
int
sync(void)
{
	int r = begin_request();

	return r < 0 ? r : fsipc(FSREQ_SYNC, NULL);
}

// ------------------------------------------------------------------ leases
// A program that reads a file in small pieces leases the block they are in: the
// server maps its cached copy of the block read-only at FDLEASE.  Before the
// server changes any file, it revokes all leases by adding 1 to
// fd_file.revocations in the descriptors.  The first read of a file is an
// FSREQ_READ, without a lease, since many programs read only once.

static int last_read;			// id of the open file that FSREQ_READ
					// read last

static struct Lease {
	envid_t server;
	int id;				// of the open file
	uint32_t revocations;		// count before the lease was requested
	uint32_t block;
	size_t size;			// bytes of the file in the block
} lease;

static bool
lease_is_valid(const struct Fd *fd, uint32_t block)
{
	return lease.block == block && lease.id == fd->fd_file.id
		&& lease.revocations == fd->fd_file.revocations
		&& lease.server == find_server();
}

// Lease this block, in which the descriptor's offset lies.  The request's page
// is the descriptor, which proves that the caller has the file open.  Returns
// whether the server granted the lease.
static bool
lease_block(struct Fd *fd, uint32_t block)
{
	const uint32_t before = fd->fd_file.revocations;
	const int size = fsipc_in(fd, FSREQ_LEASE, (void *) FDLEASE);

	if (size <= 0)
		return false;		// an earlier lease is still valid
	lease = (struct Lease) { server, fd->fd_file.id, before, block, size };
	return true;
}

// May this environment move the descriptor's offset?  Only if it and the server
// alone map the descriptor.  If others share it, the server moves the offset,
// since it serves one request at a time.
static bool
offset_is_private(struct Fd *fd)
{
	return pageref(fd) == 2 && (uvpt[PGNUM(fd)] & PTE_W);
}

// Read n bytes from a leased block, fewer only at the end of the file.  Returns
// how many; or -E_NOT_SUPP if the caller must send FSREQ_READ instead: the
// bytes lie in two blocks, the offset is shared, or there is no lease.
static ssize_t
read_leased(struct Fd *fd, void *buf, size_t n)
{
	const uint32_t block = (uint32_t) fd->fd_offset / BLKSIZE;
	const size_t into = (uint32_t) fd->fd_offset % BLKSIZE;

	if (into + n > BLKSIZE || !offset_is_private(fd)
	    || !(lease_is_valid(fd, block) || (last_read == fd->fd_file.id
		&& lease_block(fd, block))))
		return -E_NOT_SUPP;
	n = MIN(n, MAX(lease.size, into) - into);
	memcpy(buf, (char *) FDLEASE + into, n);
	if (fd->fd_file.revocations != lease.revocations)
		return -E_NOT_SUPP;	// the server may have changed the block
	fd->fd_offset += n;
	return n;
}

// -------------------------------------------------------------- the device

// Reads at most a page.
static ssize_t
devfile_read(struct Fd *fd, void *buf, size_t n)
{
	int r;

	n = MIN(n, sizeof(fsipcbuf.readRet.ret_buf));

	ssize_t got = read_leased(fd, buf, n);

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

// Writes at most what fits into one request.  Returns how many bytes were
// written, or an error.
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

// The server needs no request to see that a descriptor was unmapped.  But close
// must write a changed file to the disk, or return the error.
static int
devfile_close(struct Fd *fd)
{
	int r;

	if (lease.server != 0 && lease.id == fd->fd_file.id) {
		// End the lease, or the page stays in use after its eviction.
		sys_page_unmap(0, (void *) FDLEASE);
		lease.server = 0;
	}
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
