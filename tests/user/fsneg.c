// tests/user/fsneg.c - makes each request to the file server with each error
// that it can have; the server leaks nothing.
//
// tests/user/testserver.c tests forged descriptors, and many open files.

#include <tests/user/fuzz.h>

#define FD1	((struct Fd *) 0x21000000)
#define FD2	((struct Fd *) 0x21001000)
#define NAME	"/fsneg-file"
#define ANY	0x7FFFFFFF		// makes an id invalid

static envid_t server;

static int
request(uint32_t number, struct Fd *fd)
{
	ipc_send(server, number, &fsipcbuf, FUZZ_RW);
	return ipc_recv_from(server, fd);
}

static void
expect(const char *what, int i, int got, int want)
{
	if (got != want)
		panic("%s, case %d: %d, not %d", what, i, got, want);
}

static int
open_by_hand(const char *path, int mode, struct Fd *fd)
{
	memset(&fsipcbuf, 0, sizeof(fsipcbuf));
	strcpy(fsipcbuf.open.req_path, path);
	fsipcbuf.open.req_omode = mode;
	return request(FSREQ_OPEN, fd);
}

// Make a request about an open file, with n as length or size.
static int
request_with(uint32_t number, int id, uint32_t n)
{
	memset(&fsipcbuf, 0, sizeof(fsipcbuf));
	fsipcbuf.read.req_fileid = id;
	fsipcbuf.read.req_n = n;
	return request(number, NULL);
}

// ------------------------------------------------------------------- paths

static const struct {
	const char *path;
	int mode, want;
} opens[] = {
	{ "/nosuch", O_RDONLY, -E_NOT_FOUND },
	{ "/nosuch", O_RDWR | O_TRUNC, -E_NOT_FOUND },
	{ "/nosuch/x", O_RDWR | O_CREAT, -E_NOT_FOUND },
	{ "/lorem/x", O_RDONLY, -E_NOT_FOUND },
	{ "/lorem/x", O_RDWR | O_CREAT, -E_NOT_FOUND },
	{ "/lorem", O_RDWR | O_CREAT | O_EXCL, -E_FILE_EXISTS },
	{ "/", O_RDWR | O_CREAT | O_EXCL, -E_FILE_EXISTS },
	{ "/lorem", O_WRONLY | O_RDWR, -E_INVAL },
	{ "/lorem", -1, -E_INVAL },
	{ "/lorem", O_MKDIR, -E_NOT_SUPP },
	{ "/nosuch", O_CREAT | O_MKDIR, -E_NOT_SUPP },
	{ "/", O_WRONLY, -E_INVAL },
	{ "", O_RDWR, -E_INVAL },
	{ "//", O_RDONLY | O_TRUNC, -E_INVAL },
};

static const struct {
	const char *path;
	int want;
} removes[] = {
	{ "/", -E_INVAL }, { "", -E_INVAL }, { "/nosuch", -E_NOT_FOUND },
	{ "/nosuch/x", -E_NOT_FOUND }, { "/lorem/x", -E_NOT_FOUND },
};

static void
test_paths(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(opens); i++) {
		expect("open", i, open_by_hand(opens[i].path, opens[i].mode,
			FD1), opens[i].want);
		if (page_is_mapped(FD1))
			panic("open, case %d: a page came with an error", i);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(removes); i++) {
		memset(&fsipcbuf, 0, sizeof(fsipcbuf));
		strcpy(fsipcbuf.remove.req_path, removes[i].path);
		expect("remove", i, request(FSREQ_REMOVE, NULL),
			removes[i].want);
	}

	// A component that is too long, and a path without a NUL
	const int numbers[] = { FSREQ_OPEN, FSREQ_REMOVE };
	for (unsigned i = 0; i < ARRAY_SIZE(numbers); i++) {
		memset(&fsipcbuf, 0, sizeof(fsipcbuf));
		memset(fsipcbuf.open.req_path, 'n', MAXNAMELEN);
		expect("long name", i, request(numbers[i], FD1), -E_BAD_PATH);
		memset(&fsipcbuf, 0xFF, sizeof(fsipcbuf));
		expect("no end", i, request(numbers[i], FD1), -E_BAD_PATH);
	}
}

// -------------------------------------------------------------- open files

#define LARGE	0x80000000u
#define ALL	0xFFFFFFFFu

// Requests about a file of 3 bytes, and their results in each mode
static const struct {
	uint32_t number;
	off_t offset;
	uint32_t n;
	int want[3];			// O_RDONLY, O_WRONLY, O_RDWR
} calls[] = {
	{ FSREQ_READ, 0, 0, { 0, -E_INVAL, 0 } },
	{ FSREQ_READ, 0, ALL, { 3, -E_INVAL, 3 } },
	{ FSREQ_READ, 3, 1, { 0, -E_INVAL, 0 } },
	{ FSREQ_READ, -1, 1, { -E_INVAL, -E_INVAL, -E_INVAL } },
	{ FSREQ_READ, 0x7FFFFFFF, ALL, { 0, -E_INVAL, 0 } },
	{ FSREQ_LEASE, 0, 0, { -E_INVAL, -E_INVAL, -E_INVAL } },
	{ FSREQ_WRITE, 0, 0, { -E_INVAL, 0, 0 } },
	{ FSREQ_WRITE, -1, 1, { -E_INVAL, -E_INVAL, -E_INVAL } },
	{ FSREQ_WRITE, MAXFILESIZE, 1, { -E_INVAL, -E_INVAL, -E_INVAL } },
	{ FSREQ_WRITE, 0x7FFFFFFF, ALL, { -E_INVAL, -E_INVAL, -E_INVAL } },
	{ FSREQ_SET_SIZE, 0, ALL, { -E_INVAL, -E_INVAL, -E_INVAL } },
	{ FSREQ_SET_SIZE, 0, LARGE, { -E_INVAL, -E_INVAL, -E_INVAL } },
	{ FSREQ_SET_SIZE, 0, MAXFILESIZE + 1,
		{ -E_INVAL, -E_INVAL, -E_INVAL } },
	{ FSREQ_SET_SIZE, 0, 3, { -E_INVAL, 0, 0 } },
	{ FSREQ_STAT, -1, 0, { 0, 0, 0 } },
	{ FSREQ_FLUSH, -1, 0, { 0, 0, 0 } },
};

static void
test_open_files(void)
{
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC);

	expect("write", 0, write(fd, "abc", 3), 3);
	expect("close", 0, close(fd), 0);
	for (int mode = 0; mode < 3; mode++) {
		expect("open", mode, open_by_hand(NAME, mode, FD1), 0);
		int id = FD1->fd_file.id;
		for (unsigned i = 0; i < ARRAY_SIZE(calls); i++) {
			FD1->fd_offset = calls[i].offset;
			expect("file", i * 10 + mode, request_with(
				calls[i].number, id, calls[i].n),
				calls[i].want[mode]);
			expect("id", i, request_with(calls[i].number, id ^ ANY,
				calls[i].n), -E_INVAL);
		}
	}
	expect("remove", 0, remove(NAME), 0);
	for (unsigned i = 0; i < ARRAY_SIZE(calls); i++)
		expect("removed", i, request_with(calls[i].number,
			FD1->fd_file.id, 1), -E_INVAL);
	sys_page_unmap(0, FD1);
}

// No request reads or writes more than fits into its page.
static void
test_lengths(void)
{
	const int most_written = sizeof(fsipcbuf.write.req_buf);

	expect("open", 0, open_by_hand(NAME, O_RDWR | O_CREAT, FD1), 0);
	int id = FD1->fd_file.id;

	expect("write too much", 0, request_with(FSREQ_WRITE, id, ALL),
		most_written);
	expect("write too much", 1, request_with(FSREQ_WRITE, id,
		most_written + 1), most_written);
	for (unsigned i = 0; i < 2; i++) {
		FD1->fd_offset = 0;
		expect("read too much", i, request_with(FSREQ_READ, id,
			i ? ALL : PGSIZE + 1), PGSIZE);
	}
	expect("remove", 0, remove(NAME), 0);
	sys_page_unmap(0, FD1);
}

// -------------------------------------------------------------- ownership

// A client may use an id only if it maps the descriptor's page, at any address,
// whether it opened the file, inherited the page, or received it.
static void
test_ownership(void)
{
	envid_t me = sys_getenvid(), child;

	expect("open", 0, open_by_hand("/lorem", O_RDONLY, FD1), 0);
	int id = FD1->fd_file.id;

	if ((child = fork_or_panic()) == 0) {
		expect("inherited", 0, request_with(FSREQ_STAT, id, 0), 0);
		ipc_send(me, 0, NULL, 0);
		ipc_recv_from(me, NULL);
		sys_page_unmap(0, FD1);
		for (unsigned i = 0; i < ARRAY_SIZE(calls); i++)
			expect("guessed", i, request_with(calls[i].number, id,
				1), -E_INVAL);
		ipc_send(me, 0, NULL, 0);
		ipc_recv_from(me, FD2);
		expect("passed on", 0, request_with(FSREQ_READ, id, 1), 1);
		expect("passed on", 1, request_with(FSREQ_FLUSH, id, 1), 0);
		ipc_send(me, 0, NULL, 0);
		exit();
	}
	// Now the parent is the last one that used the file
	expect("inherited", 1, ipc_recv_from(child, NULL), 0);
	expect("ours", 1, request_with(FSREQ_STAT, id, 0), 0);
	ipc_send(child, 0, NULL, 0);
	expect("guesses", 0, ipc_recv_from(child, NULL), 0);
	ipc_send(child, 0, FD1, FUZZ_RO);
	expect("received", 0, ipc_recv_from(child, NULL), 0);
	wait(child);
	expect("ours", 0, request_with(FSREQ_STAT, id, 0), 0);
	sys_page_unmap(0, FD1);
	expect("closed", 0, request_with(FSREQ_STAT, id, 0), -E_INVAL);
}

// Clients never receive their replies, each of which has a page, and end.
static void
test_deaf_clients(void)
{
	envid_t client[8];

	for (unsigned i = 0; i < ARRAY_SIZE(client); i++)
		if ((client[i] = fork_or_panic()) == 0) {
			strcpy(fsipcbuf.open.req_path, "/lorem");
			fsipcbuf.open.req_omode = O_RDONLY;
			for (;;)
				ipc_send(server, FSREQ_OPEN, &fsipcbuf,
					FUZZ_RW);
		}
	for (int i = 0; i < 20; i++)
		check_server();
	for (unsigned i = 0; i < ARRAY_SIZE(client); i++)
		destroy_and_wait(client[i]);
}

static void
test_all(void)
{
	test_paths();
	test_open_files();
	test_lengths();
	test_ownership();
	test_deaf_clients();
}

// How many bytes the largest possible file has: a measure of free blocks.
static int
count_blocks(void)
{
	static char block[BLKSIZE];
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC), n = 0, r;

	while ((r = write(fd, block, sizeof(block))) > 0)
		n += r;
	close(fd);
	remove(NAME);
	return n;
}

// Let the server free the pages of closed files, which it does step by step
// when it serves requests.
static void
settle(void)
{
	for (int i = 0; i < 200; i++)
		check_server();
}

void
umain(int argc, char **argv)
{
	if (!(server = ipc_find_env(ENV_TYPE_FS)))
		panic("no file server");
	make_table(FD1);

	test_all();		// allocates what the server keeps
	int blocks = count_blocks();
	settle();

	fuzz_start("fsneg", argc, argv, 1);
	test_all();
	expect("free blocks", 0, count_blocks(), blocks);
	settle();
	fuzz_end();
	cprintf("fsneg ok\n");
}
