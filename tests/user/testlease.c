// tests/user/testlease.c - reading a file in small pieces, from leased blocks:
// a reader sees the file's current contents, even if a writer has just changed
// them, and environments that share a descriptor each get different bytes.
//
// Needs a file server that caches so few blocks that all can be leased.

#include <tests/user/test.h>

#define NAME		"/lease"
#define CACHE		16		// blocks (tests/programs.pm)
#define BLOCKS		40		// of the file: more than those
#define SIZE		(BLOCKS * BLKSIZE + 100)
#define ROUNDS		60000		// reads while a child writes
#define PART		50		// the offset of what it writes
#define PART_SIZE	4000

#define LEASED		((char *) 0x21000000)
#define LEASES		((char *) 0x22000000)
#define RW		(PTE_P | PTE_U | PTE_W)

static char buf[BLKSIZE] __attribute__((aligned(PGSIZE)));

static void
expect(const char *what, int got, int want)
{
	if (got != want)
		panic("%s: %d, not %d", what, got, want);
}

static int
open_file(int mode)
{
	int fd = open(NAME, mode);

	must("open", fd);
	return fd;
}

static struct Fd *
page_of(int num)
{
	struct Fd *fd;

	must("fd_lookup", fd_lookup(num, &fd));
	return fd;
}

static uint8_t
byte_at(uint32_t offset)
{
	return offset * 2654435761u >> 24;
}

static void
write_all(int fd, const char *from, size_t n)
{
	for (size_t done = 0; done < n; ) {
		ssize_t r = write(fd, from + done, n - done);

		must("write", r);
		done += r;
	}
}

static void
make_file(void)
{
	int fd = open_file(O_RDWR | O_CREAT | O_TRUNC);

	for (uint32_t offset = 0; offset < SIZE; offset += sizeof(buf)) {
		const size_t n = MIN(sizeof(buf), SIZE - offset);

		for (size_t i = 0; i < n; i++)
			buf[i] = byte_at(offset + i);
		write_all(fd, buf, n);
	}
	must("close", close(fd));
}

// Pieces of n bytes, across the ends of blocks and of the file
static void
test_pieces(size_t n)
{
	int fd = open_file(O_RDONLY);
	uint32_t offset = 0;
	ssize_t r;

	while ((r = read(fd, buf, n)) > 0) {
		for (ssize_t i = 0; i < r; i++)
			expect("byte", (uint8_t) buf[i], byte_at(offset + i));
		offset += r;
	}
	expect("end", r, 0);
	expect("size", offset, SIZE);
	expect("end again", read(fd, buf, n), 0);
	seek(fd, -1);
	expect("before the beginning", read(fd, buf, n), -E_INVAL);
	close(fd);
}

// The first read is a request, the second takes a lease; closing the file ends
// the lease.
static void
test_lease(void)
{
	static const bool has[] = { false, true, true };
	int fd = open_file(O_RDONLY);

	for (unsigned i = 0; i < ARRAY_SIZE(has); i++) {
		expect("piece", read(fd, buf, 1), 1);
		expect("leased", page_is_mapped((void *) FDLEASE), has[i]);
	}
	close(fd);
	expect("leased still", page_is_mapped((void *) FDLEASE), false);
}

// ---------------------------------------------------------------- changes

static void
expect_byte(int fd, off_t offset, int want)
{
	seek(fd, offset);
	expect("read", read(fd, buf, 1), 1);
	expect("byte", (uint8_t) buf[0], want);
}

static void
write_byte(int fd, off_t offset, char c)
{
	seek(fd, offset);
	expect("write", write(fd, &c, 1), 1);
}

// A change by one descriptor is seen by another.
static void
test_changes(void)
{
	int fd = open_file(O_RDONLY), other = open_file(O_RDWR);

	for (int i = 0; i < 4; i++) {
		expect_byte(fd, 7, i == 0 ? byte_at(7) : i - 1);
		write_byte(other, 7, i);
		expect_byte(fd, 7, i);
	}
	expect_byte(fd, BLKSIZE, byte_at(BLKSIZE));
	must("ftruncate", ftruncate(other, BLKSIZE));
	expect("behind the end", read(fd, buf, 1), 0);
	must("ftruncate", ftruncate(other, 2 * BLKSIZE));
	expect_byte(fd, BLKSIZE, 0);
	write_byte(other, BLKSIZE, 'x');
	expect_byte(fd, BLKSIZE, 'x');
	must("ftruncate", ftruncate(other, 5));
	expect_byte(fd, 4, byte_at(4));
	expect("end", read(fd, buf, 1), 0);
	write_byte(other, 5, 'y');
	expect("more", read(fd, buf, 2), 1);
	must("truncate", close(open_file(O_RDWR | O_TRUNC)));
	seek(fd, 0);
	expect("nothing left", read(fd, buf, 1), 0);
	write_byte(other, 0, 'z');
	expect_byte(fd, 0, 'z');
	must("remove", remove(NAME));
	seek(fd, 0);
	expect("removed", read(fd, buf, 1), -E_INVAL);
	close(fd);
	close(other);
}

static void
write_part(int fd, uint8_t c)
{
	seek(fd, PART);
	memset(buf, c, PART_SIZE);
	expect("write", write(fd, buf, PART_SIZE), PART_SIZE);
}

// A child writes a part of a block again and again; the parent reads all of a
// write or nothing of it.
static void
test_at_once(void)
{
	int fd = open_file(O_RDWR);

	write_part(fd, 0);
	envid_t child = fork_or_panic();
	if (child == 0) {
		fd = open_file(O_RDWR);
		for (uint8_t c = 1; ; c++)
			write_part(fd, c);
	}
	close(fd);
	fd = open_file(O_RDONLY);

	for (int round = 0; round < ROUNDS; round++) {
		seek(fd, PART);
		expect("read", read(fd, buf, PART_SIZE), PART_SIZE);
		expect("half a write", buf[PART_SIZE - 1], buf[0]);
		if (round % 500 == 0)
			sys_yield();
	}
	destroy_and_wait(child);
	close(fd);
}

// ---------------------------------------------------------------- sharing

// Read single bytes until the file ends.  Returns how many came.
static int
count_bytes(int fd)
{
	int n = 0;

	while (read(fd, buf, 1) == 1)
		if (n++ % 16 == 0)
			sys_yield();
	return n;
}

// Does reading a byte take a request?  If so, the reply is 1, else 0 is left
// from fstat.
static bool
read_asks(int fd)
{
	struct Stat st;

	must("fstat", fstat(fd, &st));
	expect("read", read(fd, buf, 1), 1);
	return thisenv->env_ipc_value == 1;
}

// Environments that share a descriptor each get different bytes, even if one of
// them has a lease from before.
static void
test_sharing(void)
{
	int fd = open_file(O_RDONLY);
	const off_t start = SIZE - 2000;
	envid_t me = sys_getenvid();

	seek(fd, start);
	expect("read", read(fd, buf, 1), 1);
	expect("ours", read_asks(fd), false);

	envid_t child = fork_or_panic();

	if (child == 0) {
		ipc_recv_from(me, NULL);
		ipc_send(me, count_bytes(fd), NULL, 0);
		exit();
	}
	expect("shared", read_asks(fd), true);
	ipc_send(child, 0, NULL, 0);

	int ours = count_bytes(fd);

	expect("bytes", ours + ipc_recv_from(child, NULL), SIZE - start - 3);
	wait(child);
	seek(fd, start);
	expect("ours again", read_asks(fd), false);
	expect("offset", page_of(fd)->fd_offset, start + 1);
	close(fd);
}

// A descriptor that is mapped read-only
static void
test_readonly(void)
{
	int fd = open_file(O_RDONLY);
	struct Fd *page = page_of(fd);

	expect_byte(fd, 0, byte_at(0));
	seek(fd, 0);
	must("map", sys_page_map(0, page, 0, page, PTE_P | PTE_U | PTE_SHARE));
	expect("read", read(fd, buf, 1), 1);
	expect("offset", page->fd_offset, 1);
	close(fd);
}

// --------------------------------------------- requests without the library

static int
request_lease(void *page)
{
	envid_t server = ipc_find_env(ENV_TYPE_FS);

	ipc_send(server, FSREQ_LEASE, page, RW);
	return ipc_recv_from(server, LEASED);
}

static int
lease_by_hand(int fd, off_t offset)
{
	seek(fd, offset);
	return request_lease(page_of(fd));
}

// A leased block is read-only, and leased only for a file opened to read.
static void
test_rights(void)
{
	int fd = open_file(O_RDONLY), writer = open_file(O_WRONLY);

	expect("to write", lease_by_hand(writer, 0), -E_INVAL);
	expect("before it", lease_by_hand(fd, -1), 0);
	expect("far away", lease_by_hand(fd, 0x7FFFFFFF), 0);
	expect("behind the end", lease_by_hand(fd, SIZE + BLKSIZE), 0);
	memcpy(buf, page_of(fd), sizeof(buf));
	expect("a copy", request_lease(buf), -E_INVAL);
	memset(buf, 0xFF, sizeof(buf));
	expect("no descriptor", request_lease(buf), -E_INVAL);
	expect("nothing", page_is_mapped(LEASED), false);
	expect("the last", lease_by_hand(fd, SIZE - 1), SIZE % BLKSIZE);
	expect("to be read", uvpt[PGNUM(LEASED)] & (PTE_P | PTE_W), PTE_P);
	expect("to be changed", sys_page_map(0, LEASED, 0, LEASED, RW),
		-E_INVAL);
	close(fd);
	close(writer);
	sys_page_unmap(0, LEASED);
}

// A client with leases of all cached blocks does not keep the server from
// caching others, nor does the cache grow: the server unmaps leased blocks.
static void
test_all_leased(void)
{
	int fd = open_file(O_RDONLY);
	int cached = 0;

	for (uint32_t at = 0; at < BLOCKS * BLKSIZE; at += BLKSIZE) {
		expect("lease", lease_by_hand(fd, at), BLKSIZE);
		must("map", sys_page_map(0, LEASED, 0, LEASES + at,
			PTE_P | PTE_U));
	}
	sys_page_unmap(0, LEASED);
	test_pieces(sizeof(buf));
	for (uint32_t at = 0; at < BLOCKS * BLKSIZE; at += BLKSIZE)
		cached += pageref(LEASES + at) > 1;
	if (cached > CACHE)
		panic("the server caches %d blocks", cached);
	for (uint32_t at = 0; at < BLOCKS * BLKSIZE; at += BLKSIZE) {
		expect("kept", (uint8_t) LEASES[at], byte_at(at));
		sys_page_unmap(0, LEASES + at);
	}
	close(fd);
}

void
umain(int argc, char **argv)
{
	USED(argc), USED(argv);

	make_file();
	test_lease();
	test_pieces(1);
	test_pieces(100);
	test_pieces(512);
	test_pieces(1000);
	test_pieces(BLKSIZE);
	test_sharing();
	test_readonly();
	test_rights();
	test_all_leased();
	test_at_once();
	make_file();
	test_changes();
	cprintf("testlease ok\n");
}
