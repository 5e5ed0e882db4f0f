// tests/user/testshortage.c - the file server while one client has all memory
// and has leases of all blocks that were in the cache: each request of anybody
// is answered, those that fail change nothing, and no block is lost.
//
// usage: testshortage [KIND]		all kinds of requests, or this one
//
// Each kind of request is made with no free page, then with one, and so on, so
// that each page that the server needs for it is once the one that is missing;
// and with enough memory, but the first page that the server takes refused,
// then the second, and so on (DEBUG_FAIL_ALLOC, so this runs with DEBUG=check).
//
// Runs with a file server that keeps few blocks, and little memory.

#include <tests/user/fuzz.h>

#define NAME		"/short"
#define NEW_NAME	"/short-new"
#define BLOCKS		(NDIRECT + 3)	// so it has an indirect block
#define SIZE		(BLOCKS * BLKSIZE)
#define HOARDS		3		// files without one
#define MOST		10		// pages; each request needs fewer

#define RW		(PTE_P | PTE_U | PTE_W)
#define PAGE		((union Fsipc *) 0x20000000)
#define LEASED		((char *) 0x20001000)
#define NEW_FD		((struct Fd *) 0x20002000)
#define LEASES		0x21000000	// leased blocks
#define EATEN		0x22000000	// all other memory

static char buf[BLKSIZE];
static envid_t server;
static int fd, rootfd, hoardfd[HOARDS];
static uintptr_t kept, eaten;		// the ends
static uint32_t refused, granted, struck;

static void
expect(const char *what, int got, int want)
{
	if (got != want)
		panic("%s: %d, not %d", what, got, want);
}

static struct Fd *
page_of(int num)
{
	struct Fd *page;

	must("fd_lookup", fd_lookup(num, &page));
	return page;
}

static int
request(uint32_t number, void *page, void *dst)
{
	return ipc_call(server, number, page, RW, dst);
}

static uint8_t
byte_at(uint32_t offset)
{
	return offset * 2654435761u >> 24;
}

static void
write_all(int num, uint32_t size)
{
	for (uint32_t at = 0; at < size; ) {
		const size_t n = MIN(sizeof(buf), size - at);

		for (size_t i = 0; i < n; i++)
			buf[i] = byte_at(at + i);

		ssize_t r = write(num, buf, n);

		must("write", r);
		at += r;
	}
}

static int
make_file(const char *name, uint32_t size)
{
	int num = open(name, O_RDWR | O_CREAT | O_TRUNC);

	must(name, num);
	write_all(num, size);
	return num;
}

// ---------------------------------------------------------------- shortage

// Lease all blocks of a file, or as many as there is memory for, and keep them
// mapped.
static void
hoard_file(int num)
{
	struct Fd *page = page_of(num);
	int r;

	for (page->fd_offset = 0; (r = request(FSREQ_LEASE, page, LEASED)) > 0;
	     page->fd_offset += r) {
		must("map", sys_page_map(0, LEASED, 0, (void *) kept,
			PTE_P | PTE_U));
		kept += PGSIZE;
	}
	must("unmap", sys_page_unmap(0, LEASED));
}

static void
eat_memory(void)
{
	int r;

	while ((r = sys_page_alloc(0, (void *) eaten, RW)) == 0)
		eaten += PGSIZE;
	expect("sys_page_alloc", r, -E_NO_MEM);
}

static void
give_back(int npages)
{
	for (; npages > 0 && eaten > EATEN; npages--) {
		eaten -= PGSIZE;
		must("unmap", sys_page_unmap(0, (void *) eaten));
	}
}

// What is in the cache is ours, too.
static void
hoard_cache(void)
{
	for (int i = 0; i < HOARDS; i++)
		hoard_file(hoardfd[i]);
	hoard_file(rootfd);
}

// ... and just so many pages are free.
static void
be_short_of_memory(int npages)
{
	hoard_cache();
	eat_memory();
	give_back(npages);
}

static void
have_enough_memory(void)
{
	for (; kept > LEASES; kept -= PGSIZE)
		must("unmap", sys_page_unmap(0, (void *) (kept - PGSIZE)));
	give_back(100);
}

// ---------------------------------------------------------------- requests
// Each is made of NAME or of its root, while memory is short.

static int
of_file(uint32_t number)
{
	PAGE->read.req_fileid = page_of(fd)->fd_file.id;
	return request(number, PAGE, NULL);
}

static int
set_size(off_t size)
{
	PAGE->set_size.req_size = size;
	return of_file(FSREQ_SET_SIZE);
}

static int
cut(void)
{
	return set_size(SIZE - 2 * BLKSIZE - 100);
}

static int
cut_to_direct(void)
{
	return set_size(100);
}

static int
cut_to_nothing(void)
{
	return set_size(0);
}

static int
grow(void)
{
	return set_size(SIZE + BLKSIZE);
}

static int
read_end(void)
{
	page_of(fd)->fd_offset = SIZE - BLKSIZE - 20;
	PAGE->read.req_n = BLKSIZE;
	return of_file(FSREQ_READ);
}

static int
lease_end(void)
{
	page_of(fd)->fd_offset = SIZE - BLKSIZE;
	return request(FSREQ_LEASE, page_of(fd), LEASED);
}

// Read as programs do: the second byte comes from a leased block.
static int
read_two_bytes(void)
{
	int r;

	for (int i = 0; i < 2; i++) {
		seek(fd, SIZE - BLKSIZE + i);
		if ((r = read(fd, buf + i, 1)) < 0)
			return r;
	}
	return r;
}

static int
write_at_end(void)
{
	page_of(fd)->fd_offset = SIZE - 20;
	PAGE->write.req_n = sizeof(PAGE->write.req_buf);
	memset(PAGE->write.req_buf, 'w', sizeof(PAGE->write.req_buf));
	return of_file(FSREQ_WRITE);
}

static int
stat_it(void)
{
	return of_file(FSREQ_STAT);
}

static int
flush_it(void)
{
	return of_file(FSREQ_FLUSH);
}

static int
open_it(const char *name, int mode)
{
	strcpy(PAGE->open.req_path, name);
	PAGE->open.req_omode = mode;
	return request(FSREQ_OPEN, PAGE, NEW_FD);
}

static int
open_old(void)
{
	return open_it(NAME, O_RDONLY);
}

static int
open_empty(void)
{
	return open_it(NAME, O_RDWR | O_TRUNC);
}

static int
open_new(void)
{
	return open_it(NEW_NAME, O_RDWR | O_CREAT | O_EXCL);
}

static int
remove_it(void)
{
	strcpy(PAGE->remove.req_path, NAME);
	return request(FSREQ_REMOVE, PAGE, NULL);
}

static int
sync_all(void)
{
	return request(FSREQ_SYNC, PAGE, NULL);
}

// ---------------------------------------- what must be so when it is granted

static void
expect_contents(uint32_t size, uint32_t as_written)
{
	struct Stat st;
	ssize_t n;

	must("fstat", fstat(fd, &st));
	expect("size", st.st_size, size);
	seek(fd, 0);
	for (uint32_t at = 0; at < size; at += n) {
		if ((n = read(fd, buf, sizeof(buf))) <= 0)
			panic("read at %u: %d", at, n);
		for (ssize_t i = 0; i < n && at + i < as_written; i++)
			expect("byte", (uint8_t) buf[i], byte_at(at + i));
	}
}

static void
unchanged(void)
{
	expect_contents(SIZE, SIZE);
}

static void
is_cut(void)
{
	expect_contents(SIZE - 2 * BLKSIZE - 100, SIZE - 2 * BLKSIZE - 100);
}

static void
is_cut_to_direct(void)
{
	expect_contents(100, 100);
}

static void
is_empty(void)
{
	expect_contents(0, 0);
}

static void
is_longer(void)
{
	expect_contents(SIZE + BLKSIZE, SIZE);
}

static void
is_read(void)
{
	for (int i = 0; i < BLKSIZE; i++)
		expect("byte read", (uint8_t) PAGE->readRet.ret_buf[i],
			byte_at(SIZE - BLKSIZE - 20 + i));
	unchanged();
}

static void
is_leased(void)
{
	for (int i = 0; i < BLKSIZE; i++)
		expect("leased byte", (uint8_t) LEASED[i],
			byte_at(SIZE - BLKSIZE + i));
	unchanged();
}

static void
are_two_bytes(void)
{
	for (int i = 0; i < 2; i++)
		expect("byte", (uint8_t) buf[i], byte_at(SIZE - BLKSIZE + i));
	unchanged();
}

static void
is_written(void)
{
	struct Stat st;

	// Fewer bytes than asked for, if a page was missing for the rest
	must("fstat", fstat(fd, &st));
	if (st.st_size != SIZE)
		expect("size", st.st_size,
			SIZE - 20 + sizeof(PAGE->write.req_buf));
	expect_contents(st.st_size, SIZE - 20);
	seek(fd, SIZE - 20);
	expect("read", read(fd, buf, 20), 20);
	for (int i = 0; i < 20; i++)
		expect("byte written", buf[i], 'w');
}

static void
is_new(void)
{
	must("remove", remove(NEW_NAME));
	unchanged();
}

static void
is_removed(void)
{
	seek(fd, 0);
	expect("removed", read(fd, buf, 1), -E_INVAL);
	expect("open", open(NAME, O_RDONLY), -E_NOT_FOUND);
}

static const struct Kind {
	const char *name;
	int (*act)(void);
	void (*done)(void);		// look, after a success
} kinds[] = {
	{ "cut", cut, is_cut },
	{ "cut-to-direct", cut_to_direct, is_cut_to_direct },
	{ "cut-to-nothing", cut_to_nothing, is_empty },
	{ "grow", grow, is_longer },
	{ "read", read_end, is_read },
	{ "lease", lease_end, is_leased },
	{ "two-bytes", read_two_bytes, are_two_bytes },
	{ "write", write_at_end, is_written },
	{ "stat", stat_it, unchanged },
	{ "flush", flush_it, unchanged },
	{ "open", open_old, unchanged },
	{ "open-and-cut", open_empty, is_empty },
	{ "create", open_new, is_new },
	{ "remove", remove_it, is_removed },
	{ "sync", sync_all, unchanged },
};

// Returns the answer, given while so many pages are free.
static int
act_in_need(const struct Kind *kind, int npages)
{
	be_short_of_memory(npages);

	int r = kind->act();

	have_enough_memory();
	return r;
}

// Returns the answer, for which the server did not get its n-th page.
static int
act_refused(const struct Kind *kind, int n)
{
	hoard_cache();
	must("sys_debug", sys_debug(DEBUG_FAIL_ALLOC, n));
	must("sys_debug", sys_debug(DEBUG_FAIL_ALLOC_OF, server));

	int r = kind->act();

	if (sys_debug(DEBUG_FAIL_ALLOC, 0) == 1)
		struck++;
	have_enough_memory();
	return r;
}

static void
try_once(const struct Kind *kind,
	int (*act)(const struct Kind *kind, int n), int n)
{
	fd = make_file(NAME, SIZE);
	must("sync", sync());

	int r = act(kind, n);

	if (r < 0 && r != -E_NO_MEM)
		panic("%s, %d: %e", kind->name, n, r);
	expect("the server", ipc_find_env(ENV_TYPE_FS), server);
	if (r < 0) {
		refused++;
		expect("not new", open(NEW_NAME, O_RDONLY), -E_NOT_FOUND);
		unchanged();
	} else {
		granted++;
		kind->done();
	}
	must("unmap", sys_page_unmap(0, NEW_FD));
	must("unmap", sys_page_unmap(0, LEASED));
	close(fd);
}

void
umain(int argc, char **argv)
{
	char name[16];

	server = ipc_find_env(ENV_TYPE_FS);
	must("page", sys_page_alloc(0, PAGE, RW));
	must("page", sys_page_alloc(0, (void *) LEASES, RW));	// its table
	must("page", sys_page_alloc(0, (void *) EATEN, RW));
	kept = LEASES;
	eaten = EATEN + PGSIZE;
	for (int i = 0; i < HOARDS; i++) {
		snprintf(name, sizeof(name), "/hoard%d", i);
		hoardfd[i] = make_file(name, NDIRECT * BLKSIZE);
	}
	must("open", rootfd = open("/", O_RDONLY));

	const int blocks = count_free_blocks();

	for (unsigned i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (argc > 1 && strcmp(argv[1], kinds[i].name) != 0)
			continue;
		refused = granted = struck = 0;
		for (int n = 0; n <= MOST; n++) {
			try_once(&kinds[i], act_in_need, n);
			if (n > 0)
				try_once(&kinds[i], act_refused, n);
		}
		cprintf("%s: %u refused, %u granted, %u pages refused\n",
			kinds[i].name, refused, granted, struck);
		expect("faults in the kernel", sys_debug(DEBUG_CHECK, 0), 0);
		if (granted == 0)
			panic("%s was never granted", kinds[i].name);
	}
	remove(NAME);
	expect("free blocks", count_free_blocks(), blocks);
	for (int i = 0; i < HOARDS; i++) {
		snprintf(name, sizeof(name), "/hoard%d", i);
		must("remove", remove(name));
	}
	cprintf("testshortage ok\n");
}
