// user/testfile.c - the file server's requests one by one, then open, read
// and write, which use them.
//
// The first tests send requests to the server as lib/file.c does, but with the
// Fd page at address FD.

#include <inc/lib.h>

#define FD	((struct Fd *) 0xCCCCC000)
#define BIGSIZE	(3 * NDIRECT * BLKSIZE)		// needs an indirect block
#define CHUNK	512				// divides BIGSIZE

// The contents of fs/newmotd
static const char newmotd[] = "This is the NEW message of the day!\n\n";

static char buf[CHUNK];

// Have the server open path, and map its Fd page at FD.
static int
request_open(const char *path, int mode)
{
	envid_t server = ipc_find_env(ENV_TYPE_FS);

	if (server == 0)
		panic("there is no file server");
	strcpy(fsipcbuf.open.req_path, path);
	fsipcbuf.open.req_omode = mode;
	ipc_send(server, FSREQ_OPEN, &fsipcbuf, PTE_P | PTE_U | PTE_W);
	return ipc_recv(NULL, FD, NULL);
}

// Read once, and compare with text.
static void
expect_text(const char *what, const char *text)
{
	int n;

	memset(buf, 0, sizeof(buf));
	if ((n = devfile.dev_read(FD, buf, sizeof(buf))) < 0)
		panic("%s: %e", what, n);
	if (n != strlen(text) || strcmp(buf, text) != 0)
		panic("%s: %d bytes, not the right ones", what, n);
	cprintf("%s is good\n", what);
}

static void
check_fd(const char *what, const struct Fd *fd, int mode)
{
	if (fd->fd_dev_id != 'f' || fd->fd_offset != 0 || fd->fd_omode != mode)
		panic("%s did not fill struct Fd: device %d offset %d mode %d",
			what, fd->fd_dev_id, fd->fd_offset, fd->fd_omode);
}

static void
test_read_requests(void)
{
	struct Stat st;
	int r;

	if ((r = request_open("/not-found", O_RDONLY)) != -E_NOT_FOUND)
		panic("serve_open /not-found: %e", r);
	if ((r = request_open("/newmotd", O_RDONLY)) < 0)
		panic("serve_open /newmotd: %e", r);
	check_fd("serve_open", FD, O_RDONLY);
	cprintf("serve_open is good\n");

	if ((r = devfile.dev_stat(FD, &st)) < 0)
		panic("file_stat: %e", r);
	if (st.st_size != strlen(newmotd))
		panic("file_stat: size %d, not %d", st.st_size,
			strlen(newmotd));
	cprintf("file_stat is good\n");

	expect_text("file_read", newmotd);
}

// After close, the server no longer knows the file by that id.
static void
test_close(void)
{
	struct Fd stale = *FD;
	int r;

	if ((r = devfile.dev_close(FD)) < 0)
		panic("file_close: %e", r);
	cprintf("file_close is good\n");

	sys_page_unmap(0, FD);
	if ((r = devfile.dev_read(&stale, buf, sizeof(buf))) != -E_INVAL)
		panic("read with stale file id: %e", r);
	cprintf("stale fileid is good\n");
}

static void
test_write_requests(void)
{
	int r;

	if ((r = request_open("/new-file", O_RDWR | O_CREAT)) < 0)
		panic("serve_open /new-file: %e", r);
	if ((r = devfile.dev_write(FD, newmotd, strlen(newmotd)))
		!= strlen(newmotd))
		panic("file_write: %e", r);
	cprintf("file_write is good\n");

	FD->fd_offset = 0;
	expect_text("file_read after file_write", newmotd);
}

static void
test_open(void)
{
	int fd;

	if ((fd = open("/not-found", O_RDONLY)) != -E_NOT_FOUND)
		panic("open /not-found: %e", fd);
	if ((fd = open("/newmotd", O_RDONLY)) < 0)
		panic("open /newmotd: %e", fd);
	check_fd("open", (struct Fd *) (0xD0000000 + fd * PGSIZE), O_RDONLY);
	cprintf("open is good\n");
}

// Write a large file, in which each chunk begins with its offset.
static void
test_large_file(void)
{
	int fd, r, n;

	if ((fd = open("/big", O_WRONLY | O_CREAT)) < 0)
		panic("creat /big: %e", fd);
	memset(buf, 0, sizeof(buf));
	for (int at = 0; at < BIGSIZE; at += CHUNK) {
		memcpy(buf, &at, sizeof(at));
		if ((r = write(fd, buf, CHUNK)) != CHUNK)
			panic("write /big at %d: %e", at, r);
	}
	close(fd);

	if ((fd = open("/big", O_RDONLY)) < 0)
		panic("open /big: %e", fd);
	for (int at = 0; at < BIGSIZE; at += CHUNK) {
		if ((r = readn(fd, buf, CHUNK)) != CHUNK)
			panic("read /big at %d: %e", at, r);
		memcpy(&n, buf, sizeof(n));
		if (n != at)
			panic("read /big at %d: got the chunk of %d", at, n);
	}
	close(fd);
	cprintf("large file is good\n");
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	test_read_requests();
	test_close();
	test_write_requests();
	test_open();
	test_large_file();
}
