// lib/file.c - files: the client's side of the file server.
//
// Entry points: open, sync; the device devfile.
//
// A request is a number and the page fsipcbuf (inc/fs.h); the server replies
// with a number, and in fsipcbuf.  The reply to FSREQ_OPEN comes with the page of
// the new descriptor.

// Send the server the request in fsipcbuf, and return its reply; a page that
// comes with the reply is mapped at dstva.
static int
fsipc(int request, void *dstva)
{
	static envid_t server;

	if (server == 0)
		server = ipc_find_env(ENV_TYPE_FS);
	ipc_send(server, request, &fsipcbuf, PTE_P | PTE_W | PTE_U);
	return ipc_recv(NULL, dstva, NULL);
}

// Have the server read n bytes, at most a page, into fsipcbuf.
// Returns how many there were, or an error.
static ssize_t
devfile_read(struct Fd *fd, void *buf, size_t n)
{
	int r = begin_request();

	if (r < 0)
		return r;
	n = MIN(n, sizeof(fsipcbuf.readRet.ret_buf));
	fsipcbuf.read.req_fileid = fd->fd_file.id;
	fsipcbuf.read.req_n = n;
	if ((r = fsipc(FSREQ_READ, NULL)) > 0) {
		assert((size_t) r <= n);
		memcpy(buf, fsipcbuf.readRet.ret_buf, r);
	}
	return r;
}

// Have the server write n bytes, or as many of them as fit into one request
// (FSREQ_WRITE, inc/fs.h).  Returns how many it has written, or an error.
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
	r = fsipc(FSREQ_WRITE, NULL);
	assert(r < 0 || (size_t) r <= n);
	return r;
}

// The server needs no request to see that a descriptor was unmapped.  But close
// writes a changed file to the disk.
static int
devfile_close(struct Fd *fd)
{
	int r = begin_request();

	if (r < 0)
		return r;
	fsipcbuf.flush.req_fileid = fd->fd_file.id;
	return fsipc(FSREQ_FLUSH, NULL);
}
