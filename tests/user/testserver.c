// tests/user/testserver.c - the file server replies to invalid requests with an
// error, leaks nothing and goes on; a client that writes to its descriptor's
// page harms only itself.

#include <tests/user/fuzz.h>

#define MAXOPEN		1024			// open files in the server
#define MAXFD		32			// descriptors of a program
#define FD(i)		((struct Fd *) (0xA0000000 + (i) * PGSIZE))

static char buf[PGSIZE];

static void
expect(const char *what, int got, int want)
{
	if (got != want)
		panic("%s: %d, not %d", what, got, want);
}

// Send a request as lib/file.c does; a page with the reply is mapped at fd.
static int
request(int number, void *page, int perm, struct Fd *fd)
{
	ipc_send(ipc_find_env(ENV_TYPE_FS), number, page, perm);
	return ipc_recv(NULL, fd, NULL);
}

static int
request_open(const char *path, int mode, struct Fd *fd)
{
	strcpy(fsipcbuf.open.req_path, path);
	fsipcbuf.open.req_omode = mode;
	return request(FSREQ_OPEN, &fsipcbuf, PTE_P | PTE_U | PTE_W, fd);
}

static void
test_bad_requests(void)
{
	static const int numbers[] = { 0, 9, 1000, -1, -0x7FFFFFFF - 1 };
	const int perm = PTE_P | PTE_U | PTE_W;

	memset(&fsipcbuf, 0, sizeof(fsipcbuf));
	for (unsigned i = 0; i < ARRAY_SIZE(numbers); i++)
		expect("number", request(numbers[i], &fsipcbuf, perm, NULL),
			-E_INVAL);
	expect("no page", request(FSREQ_SYNC, NULL, 0, NULL), -E_INVAL);
	expect("read-only page", request(FSREQ_SYNC, &fsipcbuf, PTE_P | PTE_U,
		NULL), -E_INVAL);
	expect("users of the page", pageref(&fsipcbuf), 1);

	memset(&fsipcbuf, '/', sizeof(fsipcbuf));
	expect("open", request(FSREQ_OPEN, &fsipcbuf, perm, NULL),
		-E_BAD_PATH);
	expect("remove", request(FSREQ_REMOVE, &fsipcbuf, perm, NULL),
		-E_BAD_PATH);
	for (int number = FSREQ_SET_SIZE; number <= FSREQ_FLUSH; number++) {
		memset(&fsipcbuf, 0xEE, sizeof(fsipcbuf));
		expect("file id", request(number, &fsipcbuf, perm, NULL),
			-E_INVAL);
	}
	expect("users of the page", pageref(&fsipcbuf), 1);
	expect("both modes", open("/lorem", O_WRONLY | O_RDWR), -E_INVAL);
	expect("directory", open("/x", O_CREAT | O_MKDIR), -E_NOT_SUPP);
}

static void
test_forged_fd(void)
{
	int num = open("/lorem", O_RDONLY);
	struct Fd *fd;

	expect("fd_lookup", fd_lookup(num, &fd), 0);
	struct Fd good = *fd;

	fd->fd_omode = O_RDWR;
	expect("forged mode", write(num, "x", 1), -E_INVAL);
	expect("forged mode", ftruncate(num, 0), -E_INVAL);
	fd->fd_offset = -0x7FFFFFFF - 1;
	expect("forged offset", read(num, buf, sizeof(buf)), -E_INVAL);
	fd->fd_offset = 0x7FFFFFFF;
	expect("forged offset", read(num, buf, sizeof(buf)), 0);
	*fd = good;
	fd->fd_file.id += MAXOPEN;
	expect("forged id", read(num, buf, sizeof(buf)), -E_INVAL);
	*fd = good;
	fd->fd_dev_id = 'x';
	expect("forged device", read(num, buf, sizeof(buf)), -E_INVAL);
	expect("forged device", close(num), -E_INVAL);
	expect("closed all the same", close(num), -E_INVAL);
}

// A removed file cannot be used, neither by its id nor by the slot's next id.
static void
test_removed(void)
{
	int num = open("/testserver", O_RDWR | O_CREAT);
	struct Fd *fd;

	expect("fd_lookup", fd_lookup(num, &fd), 0);
	expect("remove", remove("/testserver"), 0);
	expect("removed", write(num, "x", 1), -E_INVAL);
	fd->fd_file.id += MAXOPEN;
	expect("removed, next id", write(num, "x", 1), -E_INVAL);
	expect("removed, next id", ftruncate(num, PGSIZE), -E_INVAL);
	close(num);
}

// Open as many files as one client can have, then as many as the server can
// have; then all again.
static void
test_many_open(void)
{
	for (int round = 0; round < 2; round++) {
		int n = 0, r;

		while ((r = request_open("/lorem", O_RDONLY, FD(n))) == 0)
			n++;
		expect("one too many", r, -E_MAX_OPEN);
		expect("a share", n >= MAXFD && n <= MAXOPEN / 16, true);
		expect("open files", count_slots(), MAXOPEN - n);
		expect("read", devfile.dev_read(FD(0), buf, 5), 5);
		expect("read", devfile.dev_read(FD(n - 1), buf, 5), 5);
		while (n-- > 0)
			sys_page_unmap(0, FD(n));
	}
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	test_bad_requests();
	test_forged_fd();
	test_removed();
	test_many_open();
	cprintf("testserver ok\n");
}
