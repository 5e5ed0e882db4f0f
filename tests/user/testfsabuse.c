// tests/user/testfsabuse.c - hostile clients of the file server: odd pages,
// forged descriptors, guessed ids, clients that end or never receive their
// replies, and clients that send without pause.  The server serves others
// meanwhile, and leaks nothing.
//
// usage: testfsabuse [attack]
//
// tests/user/fsneg.c tests each error of each request, tests/user/testserver.c
// clients that write to their descriptors.

#include <tests/user/fuzz.h>

#define PAGE		((char *) 0x20000000)
#define FD		((struct Fd *) 0x21000000)
#define FD2		((struct Fd *) 0x21001000)
#define NO_PAGE		((void *) UTOP)
#define NAME		"/fsabuse"
#define MAXOPEN		1024

static envid_t server;

static void
must_be(const char *what, int got, int want)
{
	if (got != want)
		panic("%s: %d, not %d", what, got, want);
}

static void
send_page(uint32_t number, void *page, int perm)
{
	int r;

	while ((r = sys_ipc_try_send(server, number, page, perm)) < 0) {
		if (r != -E_IPC_NOT_RECV)
			panic("sys_ipc_try_send: %e", r);
		sys_yield();
	}
}

// Send a request and receive a message from any environment, as the reply.
static int
request_at(uint32_t number, void *page, int perm, void *dst)
{
	send_page(number, page, perm);

	int r = sys_ipc_recv(dst);

	return r < 0 ? r : (int) thisenv->env_ipc_value;
}

static int
request(uint32_t number)
{
	return request_at(number, &fsipcbuf, FUZZ_RW, NO_PAGE);
}

static int
raw_open(const char *path, int mode, void *fd)
{
	strcpy(fsipcbuf.open.req_path, path);
	fsipcbuf.open.req_omode = mode;
	return request_at(FSREQ_OPEN, &fsipcbuf, FUZZ_RW, fd);
}

static int
raw_read(uint32_t id, size_t n)
{
	fsipcbuf.read.req_fileid = id;
	fsipcbuf.read.req_n = n;
	return request(FSREQ_READ);
}

static int
raw_write(uint32_t id, size_t n)
{
	fsipcbuf.write.req_fileid = id;
	fsipcbuf.write.req_n = n;
	return request(FSREQ_WRITE);
}

static int
raw_size(uint32_t id, uint32_t size)
{
	fsipcbuf.set_size.req_fileid = id;
	fsipcbuf.set_size.req_size = size;
	return request(FSREQ_SET_SIZE);
}

static void
open_new(void)
{
	must_be("open", raw_open(NAME, O_RDWR | O_CREAT | O_TRUNC, FD), 0);
}

static void
remove_it(void)
{
	must_be("remove", remove(NAME), 0);
}

// ------------------------------------------------------- numbers and pages

static void
numbers(void)
{
	memset(&fsipcbuf, 0xEE, sizeof(fsipcbuf));
	for (uint32_t n = 9; n <= 40; n++)
		must_be("number", request(n), -E_INVAL);
	must_be("number 0", request(0), -E_INVAL);
	for (uint32_t n = 1 << 8; n; n <<= 1) {
		must_be("huge number", request(n), -E_INVAL);
		must_be("huge number", request(n | FSREQ_READ), -E_INVAL);
		must_be("negative number", request(-n), -E_INVAL);
	}
}

static void
no_page(void)
{
	for (uint32_t n = 0; n <= 20; n++) {
		must_be("no page", request_at(n, NO_PAGE, 0, NO_PAGE),
			-E_INVAL);
		must_be("no page", request_at(n, (void *) -PGSIZE, 0, NO_PAGE),
			-E_INVAL);
	}
}

static void
read_only_page(void)
{
	sys_page_alloc(0, PAGE, FUZZ_RW);
	memset(PAGE, 0xEE, PGSIZE);
	for (uint32_t n = 0; n <= 8; n++) {
		int r = request_at(n, PAGE, FUZZ_RO, NO_PAGE);

		if (r >= 0)
			panic("number %d with a read-only page: %d", n, r);
	}
	must_be("untouched", PAGE[0] & PAGE[PGSIZE - 1], -18);
}

// A descriptor's page is the request, and the reply's page is mapped there.
static void
descriptor_as_request(void)
{
	open_new();
	uint32_t id = FD->fd_file.id;

	((union Fsipc *) FD)->read.req_fileid = id;
	((union Fsipc *) FD)->read.req_n = PGSIZE;
	int r = request_at(FSREQ_READ, FD, FUZZ_RW, NO_PAGE);

	if (r > 0)
		panic("an empty file has %d bytes", r);
	((union Fsipc *) FD)->stat.req_fileid = id;
	must_be("stat", request_at(FSREQ_STAT, FD, FUZZ_RW, NO_PAGE), 0);
	((union Fsipc *) FD)->write.req_fileid = id;
	((union Fsipc *) FD)->write.req_n = 4088;
	request_at(FSREQ_WRITE, FD, FUZZ_RW, NO_PAGE);
	strcpy(((union Fsipc *) FD)->open.req_path, NAME);
	((union Fsipc *) FD)->open.req_omode = O_RDWR;
	must_be("open", request_at(FSREQ_OPEN, FD, FUZZ_RW, FD), 0);
	must_be("read", raw_read(FD->fd_file.id, 10) >= 0, 1);
	sys_page_unmap(0, FD);
	remove_it();
}

static void
answer_onto_request(void)
{
	sys_page_alloc(0, PAGE, FUZZ_RW);
	strcpy(((union Fsipc *) PAGE)->open.req_path, "/motd");
	must_be("open", request_at(FSREQ_OPEN, PAGE, FUZZ_RW, PAGE), 0);
	must_be("read", raw_read(((struct Fd *) PAGE)->fd_file.id, 7), 7);
	must_be("text", memcmp(&fsipcbuf, "This is", 7), 0);
}

static void
answer_nowhere(void)
{
	must_be("open", raw_open("/motd", O_RDONLY, NO_PAGE), 0);
	must_be("open", raw_open("/motd", O_RDONLY, (void *) -PGSIZE), 0);
	must_be("unaligned", sys_ipc_recv((void *) 1), -E_INVAL);
	must_be("unaligned", sys_ipc_recv((void *) (UTOP - 1)), -E_INVAL);
}

static void
answer_onto_stack(void)
{
	raw_open("/motd", O_RDONLY, (void *) (USTACKTOP - PGSIZE));
}

static void
answer_onto_code(void)
{
	raw_open("/motd", O_RDONLY, (void *) ((uintptr_t) answer_onto_code
		& ~(PGSIZE - 1)));
}

// --------------------------------------------------------- paths and modes

static void
paths_without_end(void)
{
	for (int c = 1; c < 256; c += 9) {
		memset(&fsipcbuf, c, sizeof(fsipcbuf));
		fsipcbuf.open.req_omode = O_RDONLY;
		must_be("open", request(FSREQ_OPEN), -E_BAD_PATH);
		memset(&fsipcbuf, c, sizeof(fsipcbuf));
		must_be("remove", request(FSREQ_REMOVE), -E_BAD_PATH);
	}
}

static void
path_of(size_t len, int c)
{
	memset(&fsipcbuf, c, len);
	fsipcbuf.open.req_path[len] = '\0';
	fsipcbuf.open.req_omode = O_RDWR | O_CREAT;
}

static void
long_names(void)
{
	path_of(MAXPATHLEN - 1, 'x');
	must_be("1023 bytes", request(FSREQ_OPEN), -E_BAD_PATH);
	path_of(MAXNAMELEN, 'x');
	must_be("128 bytes", request(FSREQ_OPEN), -E_BAD_PATH);
	path_of(MAXNAMELEN - 1, 'x');
	must_be("127 bytes", request(FSREQ_OPEN), 0);
	path_of(MAXNAMELEN - 1, 'x');
	must_be("remove", request(FSREQ_REMOVE), 0);
	path_of(MAXPATHLEN - 1, '/');
	fsipcbuf.open.req_omode = O_RDONLY;
	must_be("slashes", request(FSREQ_OPEN), 0);
	path_of(MAXPATHLEN - 1, '/');
	must_be("remove slashes", request(FSREQ_REMOVE), -E_INVAL);
	must_be("below a file",
		open("/motd/", O_RDWR | O_CREAT | O_EXCL) < 0, 1);
	must_be("missing folder", open("/a/b", O_RDWR | O_CREAT), -E_NOT_FOUND);
}

static void
odd_bytes(void)
{
	char name[3] = "/?";

	for (int c = 1; c < 256; c += 15) {		// never '/'
		name[1] = c;
		must_be("open", raw_open(name, O_RDWR | O_CREAT, FD), 0);
		must_be("remove", remove(name), 0);
	}
	sys_page_unmap(0, FD);
}

static void
modes(void)
{
	open_new();
	for (int bit = 0; bit < 32; bit++) {
		int r = raw_open(NAME, 1u << bit | O_RDWR, FD2);

		if (r > 0 || r < -MAXERROR)
			panic("mode bit %d: %d", bit, r);
		sys_page_unmap(0, FD2);
	}
	remove_it();
}

static void
root(void)
{
	must_be("open", raw_open("/", O_RDONLY, FD), 0);
	uint32_t id = FD->fd_file.id;

	fsipcbuf.stat.req_fileid = id;
	must_be("stat", request(FSREQ_STAT), 0);
	must_be("a directory", fsipcbuf.statRet.ret_isdir, 1);
	FD->fd_omode = O_RDWR;
	must_be("write", raw_write(id, 4), -E_INVAL);
	must_be("size", raw_size(id, 0), -E_INVAL);
	must_be("remove", remove("/"), -E_INVAL);
	must_be("remove", remove("///"), -E_INVAL);
	must_be("flush", request(FSREQ_FLUSH) <= 0, 1);
}

// -------------------------------------------------------- lengths and sizes

static void
lengths(void)
{
	static const uint32_t ns[] = { 0, 1, 4087, 4088, 4089, PGSIZE,
		PGSIZE + 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFF000 };

	for (unsigned i = 0; i < ARRAY_SIZE(ns); i++) {
		open_new();
		uint32_t id = FD->fd_file.id;
		uint32_t can = MIN(ns[i], sizeof(fsipcbuf.write.req_buf));

		must_be("write", raw_write(id, ns[i]), can);
		FD->fd_offset = 0;
		must_be("read", raw_read(id, ns[i]), can);
		must_be("offset", FD->fd_offset, can);
	}
	remove_it();
}

static void
offsets(void)
{
	static const off_t bad[] = { -1, -PGSIZE, -0x7FFFFFFF - 1,
		MAXFILESIZE, MAXFILESIZE + 1, 0x7FFFFFFF, 0x7FFFF000 };

	open_new();
	uint32_t id = FD->fd_file.id;

	must_be("write", raw_write(id, 10), 10);
	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
		FD->fd_offset = bad[i];
		int r = raw_read(id, PGSIZE);
		if (r > 0)
			panic("read at %d: %d", bad[i], r);
		FD->fd_offset = bad[i];
		if ((r = raw_write(id, 4088)) >= 0)
			panic("write at %d: %d", bad[i], r);
	}
	FD->fd_offset = MAXFILESIZE - 10;
	must_be("write at the end", raw_write(id, 100), 10);
	must_be("write behind it", raw_write(id, 100) <= 0, 1);
	FD->fd_offset = MAXFILESIZE - 5;
	must_be("read at the end", raw_read(id, 100), 5);
	remove_it();
}

static void
sizes(void)
{
	static const uint32_t bad[] = { MAXFILESIZE + 1, 0x7FFFFFFF,
		0x80000000, 0xFFFFFFFF, -MAXFILESIZE, 0xFFFFF000 };

	open_new();
	uint32_t id = FD->fd_file.id;

	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++)
		must_be("size", raw_size(id, bad[i]), -E_INVAL);
	must_be("largest", raw_size(id, MAXFILESIZE), 0);
	must_be("hole", raw_read(id, 100), 100);
	must_be("hole", fsipcbuf.readRet.ret_buf[99], 0);
	must_be("none", raw_size(id, 0), 0);
	must_be("end", raw_read(id, 100), 0);
	remove_it();
}

// ------------------------------------------------------------ modes of files

static void
read_only_file(void)
{
	must_be("open", raw_open("/motd", O_RDONLY, FD), 0);
	FD->fd_omode = O_RDWR;
	must_be("write", raw_write(FD->fd_file.id, 4), -E_INVAL);
	must_be("size", raw_size(FD->fd_file.id, 0), -E_INVAL);
	must_be("size", raw_size(FD->fd_file.id, 100), -E_INVAL);
}

static void
write_only_file(void)
{
	open_new();
	must_be("open", raw_open(NAME, O_WRONLY, FD2), 0);
	FD2->fd_omode = O_RDWR;
	must_be("write", raw_write(FD2->fd_file.id, 4), 4);
	must_be("read", raw_read(FD2->fd_file.id, 4), -E_INVAL);
	sys_page_unmap(0, FD2);
	remove_it();
}

// ---------------------------------------------------------------------- ids

static void
ids(void)
{
	must_be("open", raw_open("/motd", O_RDONLY, FD), 0);
	uint32_t id = FD->fd_file.id;

	for (int bit = 0; bit < 32; bit++) {
		must_be("bit", raw_read(id ^ 1u << bit, 4), -E_INVAL);
		must_be("bit", raw_read(1u << bit, 4) <= 4, 1);
	}
	for (int k = 1; k < 20; k++) {
		must_be("before", raw_read(id - k * MAXOPEN, 4), -E_INVAL);
		must_be("after", raw_read(id + k * MAXOPEN, 4), -E_INVAL);
	}
	must_be("its own", raw_read(id, 4), 4);
}

// A file is open as long as its descriptor's page is mapped, at any address.
static void
moved_page(void)
{
	must_be("open", raw_open("/motd", O_RDONLY, FD), 0);
	uint32_t id = FD->fd_file.id;

	must_be("map", sys_page_map(0, FD, 0, FD2, FUZZ_RW | PTE_SHARE), 0);
	sys_page_unmap(0, FD);
	must_be("moved", raw_read(id, 4), 4);
	sys_page_map(0, FD2, 0, (void *) 0x3000, FUZZ_RO);
	sys_page_unmap(0, FD2);
	must_be("read-only, low", raw_read(id, 4), 4);
	sys_page_unmap(0, (void *) 0x3000);
	must_be("closed", raw_read(id, 4), -E_INVAL);
}

// The parent has unmapped the descriptor's page, but its child maps it.
static void
handed_on(void)
{
	must_be("open", raw_open("/motd", O_RDONLY, FD), 0);
	uint32_t id = FD->fd_file.id;
	envid_t child = fork_or_panic();

	if (child == 0) {
		sys_ipc_recv(NO_PAGE);
		must_be("child", raw_read(id, 4), 4);
		exit();
	}
	sys_page_unmap(0, FD);
	must_be("not ours any more", raw_read(id, 4), -E_INVAL);
	ipc_send(child, 0, NULL, 0);
	wait(child);
	must_be("nobody's", raw_read(id, 4), -E_INVAL);
}

static void
guessed_by_another(void)
{
	open_new();
	uint32_t id = FD->fd_file.id;
	envid_t child = fork_or_panic();

	if (child == 0) {
		sys_page_unmap(0, FD);
		must_be("read", raw_read(id, 4), -E_INVAL);
		must_be("write", raw_write(id, 4), -E_INVAL);
		must_be("size", raw_size(id, 4), -E_INVAL);
		must_be("flush", request(FSREQ_FLUSH), -E_INVAL);
		must_be("stat", request(FSREQ_STAT), -E_INVAL);
		exit();
	}
	wait(child);
	must_be("nothing was written", raw_read(id, 4), 0);
	remove_it();
}

// ------------------------------------------------- clients that end or wait

static void
open_and_die(void)
{
	for (int i = 0; i < 40; i++) {
		envid_t child = fork_or_panic();

		if (child == 0) {
			strcpy(fsipcbuf.open.req_path, "/motd");
			fsipcbuf.open.req_omode = O_RDONLY;
			send_page(FSREQ_OPEN, &fsipcbuf, FUZZ_RW);
			for (int t = 0; t < i % 4; t++)
				sys_yield();
			if (i & 1)
				sys_ipc_recv(FD);
			exit();
		}
		for (int t = 0; t < i / 4; t++)
			sys_yield();
		if (i % 3)
			sys_env_destroy(child);
		wait(child);
	}
}

// Many clients send requests and never receive their replies.
static void
silent_clients(void)
{
	envid_t child[10];

	for (unsigned i = 0; i < ARRAY_SIZE(child); i++)
		if ((child[i] = fork_or_panic()) == 0)
			for (;;) {
				strcpy(fsipcbuf.open.req_path, "/motd");
				send_page(FSREQ_OPEN, &fsipcbuf, FUZZ_RW);
				sys_yield();
			}
	for (int i = 0; i < 10; i++)
		check_server();
	for (unsigned i = 0; i < ARRAY_SIZE(child); i++)
		destroy_and_wait(child[i]);
}

static void
senders_without_end(void)
{
	envid_t child[3];

	for (unsigned i = 0; i < ARRAY_SIZE(child); i++)
		if ((child[i] = fork_or_panic()) == 0)
			for (;;)
				sys_ipc_try_send(server, FSREQ_FLUSH,
					i ? (void *) &fsipcbuf : NO_PAGE,
					i ? FUZZ_RW : 0);
	check_server();
	for (unsigned i = 0; i < ARRAY_SIZE(child); i++)
		destroy_and_wait(child[i]);
}

// A child changes the request's page while the server reads it.
static void
changing_page(void)
{
	sys_page_alloc(0, PAGE, FUZZ_RW | PTE_SHARE);
	envid_t child = fork_or_panic();

	if (child == 0)
		for (uint32_t x = 1;; x = x * 1664525 + 1013904223)
			((volatile uint32_t *) PAGE)[x >> 22] = x;
	for (uint32_t i = 0; i < 30; i++)
		request_at(i % 7 + 2, PAGE, FUZZ_RW, NO_PAGE);
	destroy_and_wait(child);
}

static void
removed_while_open(void)
{
	open_new();
	uint32_t id = FD->fd_file.id;

	raw_write(id, 4000);
	remove_it();
	must_be("read", raw_read(id, 4), -E_INVAL);
	must_be("write", raw_write(id, 4), -E_INVAL);
	must_be("size", raw_size(id, 4), -E_INVAL);
	must_be("stat", request(FSREQ_STAT), -E_INVAL);
	must_be("twice", remove(NAME), -E_NOT_FOUND);
}

// For each guessed id, the kernel searches all of the many pages mapped here.
static void
guesses_with_many_pages(void)
{
	must_be("open", raw_open("/motd", O_RDONLY, FD), 0);
	uint32_t id = FD->fd_file.id;
	envid_t child = fork_or_panic();

	if (child == 0) {
		sys_page_unmap(0, FD);
		for (uintptr_t va = UTEXT + PTSIZE; va < USTACKTOP - PTSIZE;
		     va += PTSIZE)
			sys_page_alloc(0, (void *) va, FUZZ_RW);
		for (;;)
			must_be("guess", raw_read(id, 4), -E_INVAL);
	}
	check_server();
	destroy_and_wait(child);
}

#define A(name) { #name, name }
static const struct Attack {
	const char *name;
	void (*run)(void);
} attacks[] = {
	A(numbers), A(no_page), A(read_only_page), A(descriptor_as_request),
	A(answer_onto_request), A(answer_nowhere), A(answer_onto_stack),
	A(answer_onto_code), A(paths_without_end), A(long_names), A(odd_bytes),
	A(modes), A(root), A(lengths), A(offsets), A(sizes), A(read_only_file),
	A(write_only_file), A(ids), A(moved_page), A(handed_on),
	A(guessed_by_another), A(open_and_die), A(silent_clients),
	A(senders_without_end), A(changing_page), A(removed_while_open),
	A(guesses_with_many_pages),
};

// May this attack end its program?  In these the reply's page replaces its code
// or stack.
static bool
harms_itself(const struct Attack *a)
{
	return a->run == answer_onto_stack || a->run == answer_onto_code;
}

static volatile bool *const through = (bool *) 0x60000000;

static void
attack(const struct Attack *a)
{
	*through = false;

	envid_t child = fork_or_panic();

	if (child == 0) {
		if (harms_itself(a))
			sys_env_set_pgfault_upcall(0, NULL);
		a->run();
		*through = true;
		exit();
	}
	wait(child);
	if (!*through && !harms_itself(a))
		panic("%s failed", a->name);
}

// How many pages are in use, after the server has freed the pages of closed
// files: with each open it checks a few.
static int
used_after_sweep(void)
{
	for (int i = 0; i < MAXOPEN / 4; i++)
		raw_open("/motd", O_RDONLY, NO_PAGE);
	raw_read(-1, 0);		// wait until the last open is done
	return used_pages();
}

void
umain(int argc, char **argv)
{
	int used = 0;

	server = ipc_find_env(ENV_TYPE_FS);
	close_all();
	must_be("page", sys_page_alloc(0, (void *) through,
		FUZZ_RW | PTE_SHARE), 0);
	// The first round fills the server's cache
	for (int round = 0; round < 2; round++) {
		check_child();
		check_server();
		if (round == 1)
			used = used_after_sweep();
		for (unsigned i = 0; i < ARRAY_SIZE(attacks); i++)
			if (argc < 2 || strcmp(argv[1], attacks[i].name) == 0) {
				attack(&attacks[i]);
				check_server();
			}
	}
	check_child();
	must_be("pages in use", used_after_sweep(), used);
	must_be("the server", ipc_find_env(ENV_TYPE_FS), server);
	cprintf("testfsabuse ok\n");
}
