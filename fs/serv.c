// fs/serv.c - the file server: requests of other environments.
//
// A client sends the number of a request (FSREQ_ in inc/fs.h) and a page of
// memory with a union Fsipc in it.  Every request gets an answer: a number,
// for FSREQ_OPEN with the page of the descriptor, and for FSREQ_READ and
// FSREQ_STAT with more in the client's own page.
//
// An open file is a slot of opentab[] and a page with a struct Fd, which
// the client maps and passes on by fork and spawn.  The file is open as long
// as anybody but us maps that page; nobody has to tell us about closing.
// The client can write to that page.  All that we believe of it is the
// offset, after looking at it.
//
// To follow a request: umain, serve, then the function in handlers[].

#include <inc/lib.h>
#include <inc/x86.h>

#include <fs/fs.h>

#define MAXOPEN		1024
#define FILEVA		0xD0000000	// the descriptors' pages
#define REQVA		0x0FFFF000	// the client's page, while we work

struct OpenFile {
	uint32_t o_fileid;		// slot, plus MAXOPEN for each use of it
	struct File *o_file;		// NULL if it was removed since
	int o_mode;			// as the client asked for
	struct Fd *o_fd;		// shared with the client
};

struct Request {
	envid_t client;
	uint32_t number;		// FSREQ_
	bool has_page;			// false: nothing below is valid
	union Fsipc in;			// copied, for the client may change it
	union Fsipc *out;		// the page itself, for long results
	struct Fd *fd_page;		// goes with the answer, if not NULL
};

static struct OpenFile opentab[MAXOPEN];

// ------------------------------------------------------------- open files

static void
serve_init(void)
{
	for (uint32_t i = 0; i < MAXOPEN; i++) {
		opentab[i].o_fileid = i;
		opentab[i].o_fd = (struct Fd *) (FILEVA + i * PGSIZE);
	}
}

static bool
openfile_in_use(struct OpenFile *o)
{
	return pageref(o->o_fd) > 1;
}

// Find an unused slot.  It has a new id, and an empty page for the Fd.
static int
openfile_alloc(struct OpenFile **po)
{
	for (struct OpenFile *o = opentab; o < opentab + MAXOPEN; o++) {
		if (openfile_in_use(o))
			continue;
		int r = sys_page_alloc(0, o->o_fd, PTE_P | PTE_U | PTE_W);
		if (r < 0)
			return r;
		o->o_fileid += MAXOPEN;
		*po = o;
		return 0;
	}
	return -E_MAX_OPEN;
}

static int
openfile_lookup(uint32_t fileid, struct OpenFile **po)
{
	struct OpenFile *o = &opentab[fileid % MAXOPEN];

	if (o->o_fileid != fileid || !o->o_file || !openfile_in_use(o))
		return -E_INVAL;
	*po = o;
	return 0;
}

// The same for a client that wants to write.
static int
openfile_lookup_writable(uint32_t fileid, struct OpenFile **po)
{
	int r = openfile_lookup(fileid, po);

	if (r == 0 && ((*po)->o_mode & O_ACCMODE) == O_RDONLY)
		return -E_INVAL;
	return r;
}

// f is about to go: those who have it open have it no more.
static void
openfile_disown(struct File *f)
{
	for (struct OpenFile *o = opentab; o < opentab + MAXOPEN; o++)
		if (o->o_file == f)
			o->o_file = NULL;
}

// -------------------------------------------------------------- requests
// Each returns the answer.

static bool
path_ends(const char *path)
{
	return strnlen(path, MAXPATHLEN) < MAXPATHLEN;
}

// Find or make the file that an open request is about.
static int
open_or_create(const char *path, int mode, struct File **pf)
{
	int r = file_open(path, pf);

	if (r == -E_NOT_FOUND && (mode & O_CREAT))
		return file_create(path, pf);
	if (r == 0 && (mode & O_CREAT) && (mode & O_EXCL))
		return -E_FILE_EXISTS;
	return r;
}

static int
serve_open(struct Request *req)
{
	const char *path = req->in.open.req_path;
	int mode = req->in.open.req_omode;
	struct OpenFile *o;
	struct File *f;
	int r;

	if (!path_ends(path))
		return -E_BAD_PATH;
	if ((mode & O_ACCMODE) == O_ACCMODE)
		return -E_INVAL;
	if (mode & O_MKDIR)
		return -E_NOT_SUPP;
	if ((r = openfile_alloc(&o)) < 0)
		return r;
	if ((r = open_or_create(path, mode, &f)) < 0)
		return r;

	// Nobody but us writes to directories.
	bool changes = (mode & O_ACCMODE) != O_RDONLY || (mode & O_TRUNC);
	if (f->f_type == FTYPE_DIR && changes)
		return -E_INVAL;
	if ((mode & O_TRUNC) && (r = file_set_size(f, 0)) < 0)
		return r;

	o->o_file = f;
	o->o_mode = mode;
	o->o_fd->fd_dev_id = devfile.dev_id;
	o->o_fd->fd_omode = mode & O_ACCMODE;
	o->o_fd->fd_file.id = o->o_fileid;
	req->fd_page = o->o_fd;
	return 0;
}

static int
serve_set_size(struct Request *req)
{
	struct OpenFile *o;
	int r;

	if ((r = openfile_lookup_writable(req->in.set_size.req_fileid, &o)) < 0)
		return r;
	return file_set_size(o->o_file, req->in.set_size.req_size);
}

// At most as much as the client's page holds.
static int
serve_read(struct Request *req)
{
	size_t n = MIN(req->in.read.req_n, sizeof(req->out->readRet.ret_buf));
	struct OpenFile *o;
	int r;

	if ((r = openfile_lookup(req->in.read.req_fileid, &o)) < 0)
		return r;
	if ((o->o_mode & O_ACCMODE) == O_WRONLY)
		return -E_INVAL;

	off_t offset = o->o_fd->fd_offset;
	r = file_read(o->o_file, req->out->readRet.ret_buf, n, offset);
	if (r > 0)
		o->o_fd->fd_offset = offset + r;
	return r;
}

static int
serve_write(struct Request *req)
{
	size_t n = MIN(req->in.write.req_n, sizeof(req->in.write.req_buf));
	struct OpenFile *o;
	int r;

	if ((r = openfile_lookup_writable(req->in.write.req_fileid, &o)) < 0)
		return r;

	off_t offset = o->o_fd->fd_offset;
	r = file_write(o->o_file, req->in.write.req_buf, n, offset);
	if (r > 0)
		o->o_fd->fd_offset = offset + r;
	return r;
}

static int
serve_stat(struct Request *req)
{
	struct Fsret_stat *ret = &req->out->statRet;
	struct OpenFile *o;
	int r;

	if ((r = openfile_lookup(req->in.stat.req_fileid, &o)) < 0)
		return r;
	strlcpy(ret->ret_name, o->o_file->f_name, MAXNAMELEN);
	ret->ret_size = o->o_file->f_size;
	ret->ret_isdir = o->o_file->f_type == FTYPE_DIR;
	return 0;
}

static int
serve_flush(struct Request *req)
{
	struct OpenFile *o;
	int r;

	if ((r = openfile_lookup(req->in.flush.req_fileid, &o)) < 0)
		return r;
	return file_flush(o->o_file);
}

// Directories stay.
static int
serve_remove(struct Request *req)
{
	const char *path = req->in.remove.req_path;
	struct File *f;
	int r;

	if (!path_ends(path))
		return -E_BAD_PATH;
	if ((r = file_open(path, &f)) < 0)
		return r;
	if (f->f_type == FTYPE_DIR)
		return -E_INVAL;
	openfile_disown(f);
	file_remove(f);
	return 0;
}

static int
serve_sync(struct Request *req)
{
	USED(req);
	return fs_sync();
}

static int (*const handlers[])(struct Request *req) = {
	[FSREQ_OPEN] = serve_open,
	[FSREQ_SET_SIZE] = serve_set_size,
	[FSREQ_READ] = serve_read,
	[FSREQ_WRITE] = serve_write,
	[FSREQ_STAT] = serve_stat,
	[FSREQ_FLUSH] = serve_flush,
	[FSREQ_REMOVE] = serve_remove,
	[FSREQ_SYNC] = serve_sync,
};

// --------------------------------------------------- get work, work, reply

static void
get_request(struct Request *req)
{
	int perm;

	req->number = ipc_recv(&req->client, (void *) REQVA, &perm);
	req->out = (union Fsipc *) REQVA;
	req->fd_page = NULL;
	req->has_page = (perm & (PTE_P | PTE_W)) == (PTE_P | PTE_W);
	if (req->has_page)
		memmove(&req->in, req->out, sizeof(req->in));
}

static int
dispatch(struct Request *req)
{
	if (!req->has_page) {
		cprintf("Invalid request from %08x: no argument page\n",
			req->client);
		return -E_INVAL;
	}
	if (req->number >= ARRAY_SIZE(handlers) || !handlers[req->number]) {
		cprintf("Invalid request code %d from %08x\n",
			req->number, req->client);
		return -E_INVAL;
	}
	return handlers[req->number](req);
}

// Will the client still ask for its answer?  It does so right after its
// request, unless it died, sleeps over something else, or went on with other
// work: since its request it was given a CPU more than a few times.
#define PATIENCE	20

static bool
client_may_listen(envid_t client, uint32_t runs_before)
{
	const volatile struct Env *e = &envs[ENVX(client)];

	return e->env_id == client
		&& (e->env_status == ENV_RUNNABLE
		    || e->env_status == ENV_RUNNING
		    || e->env_ipc_recving)
		&& e->env_runs - runs_before < PATIENCE;
}

// The client gets its page back before the answer, so that it is its own
// again when it goes on.  An answer that nobody takes is dropped.
static void
reply(struct Request *req, int answer)
{
	uint32_t runs_before = envs[ENVX(req->client)].env_runs;
	void *page = req->fd_page ? req->fd_page : (void *) UTOP;
	int perm = req->fd_page ? PTE_P | PTE_U | PTE_W | PTE_SHARE : 0;
	int r;

	sys_page_unmap(0, req->out);
	while ((r = sys_ipc_try_send(req->client, answer, page, perm))
			== -E_IPC_NOT_RECV
		&& client_may_listen(req->client, runs_before))
		sys_yield();

	// It listens, but could not get the page.
	if (r == -E_NO_MEM)
		sys_ipc_try_send(req->client, r, (void *) UTOP, 0);
}

static void
serve(void)
{
	static struct Request req;

	for (;;) {
		get_request(&req);
		int answer = dispatch(&req);
		reply(&req, answer);
	}
}

void
umain(int argc, char **argv)
{
	USED(argc);
	USED(argv);
	binaryname = "fs";
	cprintf("FS is running\n");

	// Ends us unless the kernel gave us the right to use ports.
	outw(0x8A00, 0x8A00);
	cprintf("FS can do I/O\n");

	serve_init();
	fs_init();
	fs_test();
	serve();
}
