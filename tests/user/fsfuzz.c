// tests/user/fsfuzz.c - random requests to the file server.  Each gets a reply;
// the server goes on, leaks no block, page or slot, and changes only files that
// this program made.
//
// usage: fsfuzz [seed [count [seeds]]]	(count: requests)
//
// Requests do not come from lib/file.c: they have any number, page, length,
// offset, size, id and path.  Meanwhile some children, the odd clients, send a
// request and do not wait for the reply: they end, sleep, compute, send more,
// or are destroyed.

#include <tests/user/fuzz.h>

#define REQUESTS	150		// by default
#define CLIENTS		4		// odd clients at a time
#define MAXOPEN		1024		// open files in the server
#define FDS		16		// descriptors of this program

#define PAGE		((union Fsipc *) 0x20000000)	// for requests
#define ROPAGE		((union Fsipc *) 0x20001000)
#define LEASED		((void *) 0x20002000)
#define FD(i)		((struct Fd *) (0x21000000 + (i) * PGSIZE))

static envid_t server;

// ---------------------------------------------------------------- requests

// Send a request without waiting for a turn or the reply.  Panics if the server
// is gone.
static void
send(uint32_t number, const void *page, int perm)
{
	int r;

	while ((r = sys_ipc_try_send(server, number, (void *) page, perm))
	       == -E_IPC_NOT_RECV)
		sys_yield();
	must("sending to the file server", r);
}

// Send a request and return the reply; a page that comes with it is mapped at
// dst.  Uses the queue of senders, for odd clients that send without pause
// could otherwise starve this one.
static int
request(uint32_t number, const void *page, int perm, void *dst)
{
	envid_t from;
	int answer;

	must("sending to the file server",
		ipc_send_queued(server, number, (void *) page, perm));
	answer = ipc_recv(&from, dst, NULL);
	if (from != server)
		panic("an answer from %08x", from);
	return answer;
}

static const char *const ours[] = {
	"/fuzz0", "fuzz1", "//fuzz2", "/fuzz3", "/fuzz4/",
};

// Paths of files that this program did not make, and must not change
static const char *const others[] = {
	"/", "", "//", "/lorem", "lorem", "/lorem/x", "/motd/", "/nosuch/x",
	"/.", "/..", "./lorem",
};

// Set in odd clients, which change a request while the server reads it: there a
// path in others[] could get the mode or number meant for a path in ours[].
static bool only_ours;

// Returns whether the path may be that of an existing file of another program.
static bool
random_path(char *path)
{
	memset(path, 0, MAXPATHLEN);
	switch (below(4)) {
	case 0:
		strcpy(path, only_ours ? "/" : PICK(others));
		return true;
	case 1:
		break;
	default:
		strcpy(path, PICK(ours));
		return false;
	}

	// Of any length, perhaps without a NUL, and with some slashes
	const int lengths[] = {
		1, 2, MAXNAMELEN - 1, MAXNAMELEN, MAXNAMELEN + 1,
		MAXPATHLEN - 1, MAXPATHLEN,
	};
	int n = PICK(lengths);

	for (int i = 0; i < n; i++)
		path[i] = one_in(50) ? '/' : one_in(4) ? 128 + below(128) : '~';
	return false;
}

// A mode for open; if harmless, one that does not change the file
static int
random_mode(bool harmless)
{
	static const int flags[] = {
		0, 0, 0, O_CREAT, O_CREAT, O_CREAT | O_TRUNC, O_TRUNC,
		O_CREAT | O_EXCL, O_MKDIR, O_MKDIR | O_CREAT,
	};

	if (harmless)
		return one_in(2) ? O_RDONLY : O_ACCMODE | below(1 << 12);
	return one_in(16) ? (int) random() : PICK(flags) | (int) below(3);
}

static const uint32_t numbers[] = {
	0, 1, 2, 5, 100, BLKSIZE - 9, BLKSIZE - 8, BLKSIZE - 1, BLKSIZE,
	BLKSIZE + 1, NDIRECT * BLKSIZE - 1, NDIRECT * BLKSIZE,
	NDIRECT * BLKSIZE + 1, MAXFILESIZE - 1, MAXFILESIZE,
	MAXFILESIZE + 1, 0x7FFFFFFF, 0x80000000, 0x80000001, ~0u,
};

static uint32_t
random_number(void)
{
	return one_in(8) ? random() : PICK(numbers);
}

// The id of an open file, or a similar number
static int
random_id(void)
{
	const struct Fd *fd = FD(below(FDS));

	if (!page_is_mapped(fd) || one_in(8))
		return random_number();

	int id = fd->fd_file.id;

	return one_in(8) ? id + (int) (below(3) - 1) * MAXOPEN : id;
}

// Fill page with a random request, and return its number.
static uint32_t
random_request(union Fsipc *page)
{
	uint32_t number = 1 + below(FSREQ_LEASE);

	if (number == FSREQ_SYNC && !one_in(8))		// takes long
		number = FSREQ_OPEN;
	switch (number) {
	case FSREQ_OPEN:
		page->open.req_omode =
			random_mode(random_path(page->open.req_path));
		break;
	case FSREQ_REMOVE:
		if (random_path(page->remove.req_path))
			page->remove.req_path[0] = '\0';
		break;
	default:
		memset(page, below(256), sizeof(*page));
		page->read.req_fileid = random_id();
		page->read.req_n = random_number();	// or a size
	}
	return one_in(32) ? random_number() & ~0xFu : number;
}

// Write nonsense to a descriptor: a client may change its offset and mode.
static void
forge_fd(void)
{
	struct Fd *fd = FD(below(FDS));

	if (page_is_mapped(fd)) {
		fd->fd_offset = random_number();
		fd->fd_omode = random();
	}
}

// Make a request and check the reply.
static void
one_request(void)
{
	struct Fd *fd = FD(below(FDS));
	uint32_t number = random_request(PAGE);
	const void *page = PAGE;
	int perm = FUZZ_RW;
	uint32_t want = PAGE->read.req_n;

	if (one_in(16)) {			// a page not fit for requests
		page = one_in(2) ? ROPAGE : (void *) UTOP;
		perm = FUZZ_RO;
	}

	void *dst = fd;

	if (number == FSREQ_LEASE) {
		if (page_is_mapped(fd))
			page = fd;
		dst = LEASED;
	}

	int r = request(number, page, perm, one_in(16) ? NULL : dst);

	if (r <= -MAXERROR || (uint32_t) MAX(r, 0) > BLKSIZE)
		panic("request %u was answered by %d", number, r);
	if ((number == FSREQ_READ || number == FSREQ_WRITE) && r > 0
	    && (uint32_t) r > want)
		panic("%d bytes, and only %u were asked for", r, want);
	if (r > 0 && number != FSREQ_READ && number != FSREQ_WRITE
	    && number != FSREQ_LEASE)
		panic("request %u was answered by %d", number, r);
	if (pageref(PAGE) != 1)
		panic("the server keeps our page");
	if (one_in(4))
		forge_fd();
	if (one_in(8) && page_is_mapped(fd))
		must("closing", sys_page_unmap(0, fd));
	must("unmap", sys_page_unmap(0, LEASED));
}

// ------------------------------------------------------------- odd clients

static void
odd_client(void)
{
	switch (below(6)) {
	case 0:					// ends
		send(random_request(PAGE), PAGE, FUZZ_RW);
		for (;;)
			sys_env_destroy(0);
	case 1:					// sleeps, but not in ipc_recv
		send(random_request(PAGE), PAGE, FUZZ_RW);
		for (;;)
			sys_env_wait(thisenv->env_parent_id);
	case 2:					// computes
		send(random_request(PAGE), PAGE, FUZZ_RW);
		for (;;)
			;
	case 3:					// sends for ever
		for (;;)
			send(random_request(PAGE), PAGE, FUZZ_RW);
	case 4:					// changes the request it sent
		send(random_request(PAGE), PAGE, FUZZ_RW);
		for (;;)
			memset(PAGE, below(256), sizeof(*PAGE));
	default:				// waits for its replies
		for (;;)
			one_request();
	}
}

static envid_t
start_client(void)
{
	uint32_t seed = random();
	envid_t child = fork_or_panic();

	if (child == 0) {
		// A page of its own: one that is copy-on-write cannot be sent
		// writable
		must("page", sys_page_alloc(0, PAGE, FUZZ_RW));
		for (int i = 0; i < FDS; i++)
			sys_page_unmap(0, FD(i));
		random_seed(seed);
		only_ours = true;
		memset(PAGE, 0, sizeof(*PAGE));
		odd_client();
	}
	return child;
}

// -------------------------------------------------------------------- leaks

static int
open_by_hand(const char *path, int mode, struct Fd *fd)
{
	memset(PAGE, 0, sizeof(*PAGE));
	strcpy(PAGE->open.req_path, path);
	PAGE->open.req_omode = mode;
	return request(FSREQ_OPEN, PAGE, FUZZ_RW, fd);
}

// Remove all files in the root whose names random_path may have made.
static void
remove_leftovers(void)
{
	struct File file;
	int fd = open("/", O_RDONLY), n;

	must("open /", fd);
	while ((n = readn(fd, &file, sizeof(file))) == sizeof(file)) {
		const bool was_made = strncmp(file.f_name, "fuzz", 4) == 0
			&& file.f_name[4] >= '0' && file.f_name[4] <= '9';

		if (was_made || file.f_name[0] == '~'
		    || (file.f_name[0] & 0x80)) {
			file.f_name[MAXNAMELEN - 1] = '\0';
			must("remove", remove(file.f_name));
		}
	}
	must("read /", n);
	close(fd);
}

static uint32_t
sum_of(const char *path)
{
	static uint8_t buf[512];
	int fd = open(path, O_RDONLY), n;
	uint32_t sum = 0;

	must(path, fd);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (int i = 0; i < n; i++)
			sum = sum * 31 + buf[i];
	must(path, n);
	close(fd);
	return sum;
}

// Close a file just after the server has checked its slot, so that the server
// frees the file's page as late as possible.
static void
close_late(void)
{
	must("open", open_by_hand("/lorem", O_RDONLY, FD(0)));
	for (int i = 0; i < MAXOPEN / 16; i++)
		check_server();
	must("closing", sys_page_unmap(0, FD(0)));
}

static void
expect(const char *what, int got, int want)
{
	if (got != want)
		panic("%s: %d, not %d as before", what, got, want);
}

// --------------------------------------------------------------------- all

static void
fuzz(void)
{
	envid_t client[CLIENTS] = { 0 };

	for (uint32_t n = 0; n < fuzz_count; n++) {
		if (n >= fuzz_count / 4 && one_in(16)) {
			int i = below(CLIENTS);

			if (client[i])
				destroy_and_wait(client[i]);
			client[i] = start_client();
		}
		one_request();
		if (one_in(16))
			check_kernel();
	}
	for (int i = 0; i < CLIENTS; i++)
		if (client[i])
			destroy_and_wait(client[i]);
	for (int i = 0; i < FDS; i++)
		must("closing", sys_page_unmap(0, FD(i)));
}

void
umain(int argc, char **argv)
{
	if (!(server = ipc_find_env(ENV_TYPE_FS)))
		panic("no file server");
	must("page", sys_page_alloc(0, PAGE, FUZZ_RW));
	must("page", sys_page_alloc(0, ROPAGE, FUZZ_RW));
	make_table(FD(0));

	// Before fuzz_start, because the server takes memory for these that it
	// keeps
	const bool alone = fuzz_arg(argc, argv, 3, 1) != 0;
	int slots = alone ? count_slots() : 0;
	int blocks = alone ? count_free_blocks() : 0;
	uint32_t lorem = sum_of("/lorem");

	fuzz_start("fsfuzz", argc, argv, REQUESTS);
	uint32_t total = 0;

	while (fuzz_next()) {
		fuzz();
		remove_leftovers();
		expect("/lorem", sum_of("/lorem"), lorem);
		fuzz_check();
		total += fuzz_count;
	}
	if (alone) {
		expect("files that can be open", count_slots(), slots);
		expect("free blocks", count_free_blocks(), blocks);
		cprintf("%d free blocks, %d files can be open\n", blocks,
			slots);
	}
	close_late();
	fuzz_end();
	cprintf("%u requests\n", total);
	cprintf("fsfuzz ok\n");
}
