// fs/serv.c - the file server: requests of other environments.
//
// A client sends the number of a request (FSREQ_ in inc/fs.h) and a page with a
// union Fsipc.  Every request gets a reply, which is a number.  The reply to
// FSREQ_OPEN brings the page of the descriptor; the results of FSREQ_READ and
// FSREQ_STAT are in the client's page.
//
// An open file is a slot of opentab[] and a page with a struct Fd, which the
// client maps and passes on by fork and spawn.  The file is open as long as any
// environment besides the server maps that page, so there is no request to
// close it.
//
// To follow a request: umain, serve, then the function in handlers[].

struct OpenFile {
	uint32_t o_fileid;		// slot, plus MAXOPEN for each use of it
	struct File *o_file;
	int o_mode;			// as the client asked for
	struct Fd *o_fd;		// shared with the client
};

// ------------------------------------------------------------- open files

static void
serve_init(void)
{
	for (uint32_t i = 0; i < MAXOPEN; i++) {
		opentab[i].o_fileid = i;
		opentab[i].o_fd = (struct Fd *) (FILEVA + i * PGSIZE);
	}
}

// Find an unused slot, and give it a new id and an empty page for the Fd.
static int
openfile_alloc(struct OpenFile **po)
{
	for (struct OpenFile *o = opentab; o < opentab + MAXOPEN; o++) {
		int r;

		if (pageref(o->o_fd) > 1)
			continue;
		if ((r = sys_page_alloc(0, o->o_fd,
				PTE_P | PTE_U | PTE_W)) < 0)
			return r;
		o->o_fileid += MAXOPEN;
		*po = o;
		return 0;
	}
	return -E_MAX_OPEN;
}

// Find the open file with this id.  Returns 0 and sets *po, or -E_INVAL if
// there is no such open file.
static int
openfile_lookup(envid_t client, uint32_t fileid, struct OpenFile **po)
{
	struct OpenFile *o = &opentab[fileid % MAXOPEN];

	USED(client);
	if (o->o_fileid != fileid || pageref(o->o_fd) <= 1)
		return -E_INVAL;
	*po = o;
	return 0;
}

// -------------------------------------------------------------- requests
// Each function returns the reply.

// Open or create a file.  *page is the page that goes with the reply.
static int
serve_open(envid_t envid, struct Fsreq_open *req, void **page)
{
	const int mode = req->req_omode;
	char path[MAXPATHLEN];
	struct OpenFile *o;
	struct File *f;
	int r;

	USED(envid);
	strlcpy(path, req->req_path, sizeof(path));
	if (mode & O_MKDIR)
		return -E_NOT_SUPP;
	if ((r = openfile_alloc(&o)) < 0)
		return r;

	r = file_open(path, &f);
	if (r == -E_NOT_FOUND && (mode & O_CREAT))
		r = file_create(path, &f);
	else if (r == 0 && (mode & O_CREAT) && (mode & O_EXCL))
		r = -E_FILE_EXISTS;
	if (r == 0 && (mode & O_TRUNC))
		r = file_set_size(f, 0);
	if (r < 0)
		return r;

	o->o_file = f;
	o->o_mode = mode;
	o->o_fd->fd_file.id = o->o_fileid;
	o->o_fd->fd_omode = mode & O_ACCMODE;
	o->o_fd->fd_dev_id = devfile.dev_id;
	*page = o->o_fd;
	return 0;
}

static int
serve_set_size(envid_t envid, union Fsipc *ipc)
{
	struct OpenFile *o;
	int r;

	if ((r = openfile_lookup(envid, ipc->set_size.req_fileid, &o)) < 0)
		return r;
	return file_set_size(o->o_file, ipc->set_size.req_size);
}

// Read at most req_n bytes where the offset of the descriptor is, and no more
// than ret_buf holds, into ret_buf.  The offset moves on behind them.
// Returns how many bytes were read, or an error.
static int
serve_read(envid_t envid, union Fsipc *ipc)
{
	const struct Fsreq_read *req = &ipc->read;
	struct Fsret_read *ret = &ipc->readRet;
	const size_t n = MIN(req->req_n, sizeof(ret->ret_buf));
	struct OpenFile *o;
	int r;

	if ((r = openfile_lookup(envid, req->req_fileid, &o)) < 0)
		return r;
	r = file_read(o->o_file, ret->ret_buf, n, o->o_fd->fd_offset);
	if (r > 0)
		o->o_fd->fd_offset += r;
	return r;
}

// Write req_n bytes from req_buf where the offset of the descriptor is, at most
// as many as req_buf holds; the file grows if it is too short.  The offset moves
// on behind them.  Returns how many bytes were written, or an error.
static int
serve_write(envid_t envid, struct Fsreq_write *req)
{
	const size_t n = MIN(req->req_n, sizeof(req->req_buf));
	struct OpenFile *o;
	int r;

	if ((r = openfile_lookup(envid, req->req_fileid, &o)) < 0)
		return r;
	r = file_write(o->o_file, req->req_buf, n, o->o_fd->fd_offset);
	if (r > 0)
		o->o_fd->fd_offset += r;
	return r;
}

static int
handle_write(envid_t envid, union Fsipc *ipc)
{
	return serve_write(envid, &ipc->write);
}

static int
serve_stat(envid_t envid, union Fsipc *ipc)
{
	struct Fsret_stat *ret = &ipc->statRet;
	struct OpenFile *o;
	int r;

	if ((r = openfile_lookup(envid, ipc->stat.req_fileid, &o)) < 0)
		return r;
	strcpy(ret->ret_name, o->o_file->f_name);
	ret->ret_size = o->o_file->f_size;
	ret->ret_isdir = o->o_file->f_type == FTYPE_DIR;
	return 0;
}

static int
serve_flush(envid_t envid, union Fsipc *ipc)
{
	struct OpenFile *o;
	int r;

	if ((r = openfile_lookup(envid, ipc->flush.req_fileid, &o)) < 0)
		return r;
	file_flush(o->o_file);
	return 0;
}

static int
serve_sync(envid_t envid, union Fsipc *ipc)
{
	USED(envid);
	USED(ipc);
	fs_sync();
	return 0;
}

static int (*const handlers[])(envid_t envid, union Fsipc *ipc) = {
	[FSREQ_SET_SIZE] = serve_set_size,
	[FSREQ_READ] = serve_read,
	[FSREQ_WRITE] = handle_write,
	[FSREQ_STAT] = serve_stat,
	[FSREQ_FLUSH] = serve_flush,
	[FSREQ_SYNC] = serve_sync,
};

// --------------------------------------------------- get work, work, reply

static void
serve(void)
{
	union Fsipc *ipc = (union Fsipc *) REQVA;

	for (;;) {
		envid_t client;
		int perm, r = -E_INVAL;
		const uint32_t request = ipc_recv(&client, ipc, &perm);
		void *page = NULL;

		if (!(perm & PTE_P)) {
			cprintf("Invalid request from %08x: no argument page\n",
				client);
			continue;
		}
		if (request == FSREQ_OPEN)
			r = serve_open(client, &ipc->open, &page);
		else if (request < ARRAY_SIZE(handlers) && handlers[request])
			r = handlers[request](client, ipc);
		else
			cprintf("Invalid request code %d from %08x\n",
				request, client);
		ipc_send(client, r, page,
			PTE_P | PTE_U | PTE_W | PTE_SHARE);
		sys_page_unmap(0, ipc);
	}
}

void
umain(int argc, char **argv)
{
	// The grader passes this for its extra checks.
	const bool check_wanted = argc > 1 && strcmp(argv[1], "check") == 0;

	binaryname = "fs";
	cprintf("FS is running\n");

	// Ends us unless the kernel gave us the right to use ports.
	outw(0x8A00, 0x8A00);
	cprintf("FS can do I/O\n");

	serve_init();
	if (check_wanted)
		look_at_cache();
	fs_init();
	if (check_wanted)
		fs_check();
	fs_test();
	serve();
}
