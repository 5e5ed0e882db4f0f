// user/check/file.c - looks at how the file server reads and writes, by
// requests made by hand, and at what lib/file.c makes of write().

#include <inc/lib.h>

#include <user/check/check.h>

#define NAME		"/check-file"
#define NEWMOTD		"This is the NEW message of the day!\n\n"
#define ROOM		(sizeof(fsipcbuf.write.req_buf))
#define NOBODY		0x7ABCDEF0	// no open file has this id

// Bytes of which few repeat
#define TEXT_SIZE	(3 * PGSIZE)
static char text[TEXT_SIZE], got[TEXT_SIZE];

static envid_t server;

static void
begin(void)
{
	sys_page_alloc(0, &fsipcbuf, PTE_P | PTE_U | PTE_W);
	memset(&fsipcbuf, 0xA5, sizeof(fsipcbuf));
}

static int
request(int number)
{
	ipc_send(server, number, &fsipcbuf, PTE_P | PTE_U | PTE_W);
	return ipc_recv(NULL, NULL, NULL);
}

static int
read_by_hand(int id, size_t n)
{
	begin();
	fsipcbuf.read.req_fileid = id;
	fsipcbuf.read.req_n = n;
	return request(FSREQ_READ);
}

// Write the n bytes of text from `from` on, or say that there are more than
// a request has.
static int
write_by_hand(int id, uint32_t from, size_t n)
{
	begin();
	fsipcbuf.write.req_fileid = id;
	fsipcbuf.write.req_n = n;
	memmove(fsipcbuf.write.req_buf, text + from, MIN(n, ROOM));
	return request(FSREQ_WRITE);
}

static struct Fd *
open_file(const char *name, int mode, int *num)
{
	struct Fd *fd;

	if ((*num = open(name, mode)) < 0)
		panic("open %s: %e", name, *num);
	if (fd_lookup(*num, &fd) < 0)
		panic("descriptor %d is not there", *num);
	return fd;
}

static off_t
size_of(int num)
{
	struct Stat st;
	int r = fstat(num, &st);

	return r < 0 ? r : st.st_size;
}

static int
difference(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a[i] != b[i])
			return i;
	return -1;
}

// ------------------------------------------------------------- serve_read

// Read n bytes at an offset of a file whose contents are `want`.
static void
check_read(struct Fd *fd, off_t offset, size_t n, const char *want, int count)
{
	int r, i;

	fd->fd_offset = offset;
	r = read_by_hand(fd->fd_file.id, n);
	expect(r == count, "asked for %u bytes at offset %d: expected %d, got "
		"%d", n, offset, count, r);
	expect(fd->fd_offset == offset + MAX(r, 0), "asked for %u bytes at "
		"offset %d and returned %d: the offset is %d, expected %d", n,
		offset, r, fd->fd_offset, offset + MAX(r, 0));
	if (r != count || r <= 0)
		return;
	i = difference(want, fsipcbuf.readRet.ret_buf, r);
	expect(i < 0, "asked for %u bytes at offset %d: byte %d is not what "
		"the file has there", n, offset, i);
	if (r < (int) sizeof(fsipcbuf) - 8)
		expect((uint8_t) fsipcbuf.readRet.ret_buf[MAX(r, 8)] == 0xA5,
			"asked for %u bytes: wrote more into the client's page",
			n);
}

// No open file of ours has one of these ids.
static void
check_bad_ids(const char *what, int (*call)(int id), int valid, int closed)
{
	const struct {
		const char *what;
		int id;
	} bad[] = {
		{ "that is closed", closed },
		{ "of the same slot, but of an earlier open", valid - 1024 },
		{ "of the same slot, but of a later open", valid + 1024 },
		{ "that no file has", NOBODY },
		{ "that is negative", -1 },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		const int r = call(bad[i].id);

		expect(r == -E_INVAL, "%s by an id %s: expected -E_INVAL, got "
			"%s: return the error of openfile_lookup", what,
			bad[i].what, result_name(r));
	}
}

static int
read_id(int id)
{
	return read_by_hand(id, 10);
}

static int
write_id(int id)
{
	return write_by_hand(id, 0, 10);
}

static void
check_serve_read(void)
{
	const int size = strlen(NEWMOTD);
	const char *want = NEWMOTD;
	static const size_t large[] = { PGSIZE, PGSIZE + 1, 2 * PGSIZE,
		0x7FFFFFFF, 0xFFFFFFFF };
	struct Fd *fd;
	int num, closed, r, i;

	look_at("serve_read", "lab 5, exercise 5; fs/serv.c");
	fd = open_file("/newmotd", O_RDONLY, &num);
	closed = fd->fd_file.id;
	close(num);

	fd = open_file("/newmotd", O_RDONLY, &num);
	check_read(fd, 0, 10, want, 10);
	check_read(fd, 10, 10, want + 10, 10);
	check_read(fd, 20, 0, want, 0);
	check_read(fd, 20, 100, want + 20, size - 20);
	check_read(fd, 0, size, want, size);
	check_read(fd, 1, PGSIZE, want + 1, size - 1);
	check_read(fd, size - 1, 1, want + size - 1, 1);
	check_read(fd, size, 1, want, 0);
	check_read(fd, size, PGSIZE, want, 0);
	check_read(fd, size + 100, 10, want, 0);

	fd->fd_offset = -5;
	r = read_by_hand(fd->fd_file.id, 10);
	expect(r < 0, "asked for 10 bytes at offset -5: expected the error of "
		"file_read, got %d", r);
	expect(fd->fd_offset == -5, "asked for 10 bytes at offset -5 and "
		"returned %d: the offset is %d, expected -5", r, fd->fd_offset);

	// As a program reads, to the end
	fd->fd_offset = 0;
	for (i = 0; (r = read_by_hand(fd->fd_file.id, 7)) > 0 && i < size;
	     i += r)
		if (difference(want + i, fsipcbuf.readRet.ret_buf,
				MIN(r, size - i)) >= 0)
			break;
	expect(r == 0 && i == size && fd->fd_offset == size, "read in pieces "
		"of 7 bytes, a file of %d bytes is not itself, or has no end",
		size);
	check_bad_ids("reads", read_id, fd->fd_file.id, closed);
	close(num);

	// No more than the client's page holds
	fd = open_file("/sh", O_RDONLY, &num);
	for (i = 0; i < 2; i++) {
		r = read_by_hand(fd->fd_file.id, PGSIZE / 2);
		if (r == PGSIZE / 2)
			memcpy(got + i * r, fsipcbuf.readRet.ret_buf, r);
		else
			expect(false, "asked for %d bytes at offset %d of a "
				"longer file: got %d", PGSIZE / 2,
				i * PGSIZE / 2, r);
	}
	for (uint32_t j = 0; j < ARRAY_SIZE(large); j++)
		check_read(fd, 0, large[j], got, PGSIZE);
	close(num);
}

// ------------------------------------------------------------- serve_write

// Write n bytes at an offset.  Returns how many were written.
static int
check_write(struct Fd *fd, off_t offset, size_t n, int count)
{
	int r;

	fd->fd_offset = offset;
	r = write_by_hand(fd->fd_file.id, offset, n);
	expect(r == count, "asked to write %u bytes at offset %d: expected %d, "
		"got %d", n, offset, count, r);
	expect(fd->fd_offset == offset + MAX(r, 0), "asked to write %u bytes "
		"at offset %d and returned %d: the offset is %d, expected %d",
		n, offset, r, fd->fd_offset, offset + MAX(r, 0));
	return r;
}

// Does the file hold the first `size' bytes of text?  Says so for the function
// that is looked at.
static void
expect_text(int num, off_t size)
{
	int i, n;

	expect(size_of(num) == size, "the file has %d bytes, expected %d",
		size_of(num), size);
	seek(num, 0);
	n = readn(num, got, sizeof(got));
	expect(n == size, "the file gives %d bytes to a reader, expected %d",
		n, size);
	i = difference(text, got, MIN(n, size));
	expect(i < 0, "byte %d of the file is not what was written", i);
}

// The end of the longest file: the server writes as much as fits, or nothing.
static void
check_end_of_longest(struct Fd *fd, const char *how, int (*call)(int id))
{
	int r;

	fd->fd_offset = MAXFILESIZE - 4;
	r = call(fd->fd_file.id);
	expect(r == 4 || r < 0, "%s 10 bytes where a file has room for 4: "
		"expected 4 or an error, got %d", how, r);
	expect(fd->fd_offset == MAXFILESIZE - 4 + MAX(r, 0), "%s 10 bytes "
		"where a file has room for 4, and returned %d: the offset "
		"moved by %d", how, r, fd->fd_offset - (MAXFILESIZE - 4));
	fd->fd_offset = MAXFILESIZE;
	r = call(fd->fd_file.id);
	expect(r < 0, "%s behind the end of the longest file: expected an "
		"error, got %d", how, r);
	expect(fd->fd_offset == MAXFILESIZE, "%s behind the end of the longest "
		"file, and returned %d: the offset moved by %d", how, r,
		fd->fd_offset - MAXFILESIZE);
}

static void
check_serve_write(void)
{
	const size_t large[] = { ROOM, ROOM + 1, PGSIZE, 2 * PGSIZE,
		0xFFFFFFFF };
	const int mode = O_RDWR | O_CREAT | O_TRUNC;
	struct Fd *fd;
	int num, closed;

	look_at("serve_write", "lab 5, exercise 6; fs/serv.c");
	fd = open_file(NAME, mode, &num);
	closed = fd->fd_file.id;
	close(num);

	fd = open_file(NAME, mode, &num);
	check_write(fd, 0, 10, 10);
	check_write(fd, 10, 7, 7);
	check_write(fd, 17, 0, 0);
	expect_text(num, 17);
	check_write(fd, 5, 4, 4);
	expect_text(num, 17);
	check_bad_ids("writes", write_id, fd->fd_file.id, closed);
	expect_text(num, 17);

	for (uint32_t i = 0; i < ARRAY_SIZE(large); i++) {
		ftruncate(num, 0);
		check_write(fd, 0, large[i], ROOM);
		expect_text(num, ROOM);
	}
	check_write(fd, ROOM, 100, 100);
	expect_text(num, ROOM + 100);
	check_end_of_longest(fd, "wrote", write_id);
	close(num);
	remove(NAME);
}

// ------------------------------------------------------------ devfile_write

static int file_num;

// For check_end_of_longest, whose id the descriptor has
static int
write_file(int id)
{
	USED(id);
	return write(file_num, text, 10);
}

static void
check_devfile_write(void)
{
	char *end = (char *) 0x30000000 + PGSIZE;
	const char *behind = (char *) (&fsipcbuf + 1);
	const bool mapped = page_is_mapped(behind);
	static char saved[PGSIZE];
	struct Fd *fd;
	int r;

	look_at("devfile_write", "lab 5, exercise 6; lib/file.c");
	fd = open_file(NAME, O_RDWR | O_CREAT | O_TRUNC, &file_num);
	for (int done = 0; done < 21; done += 7) {
		r = write(file_num, text + done, 7);
		expect(r == 7, "wrote 7 bytes: expected 7, got %d", r);
		expect(fd->fd_offset == done + 7, "wrote 7 bytes at offset %d: "
			"the offset is %d: the server moves it, nobody else",
			done, fd->fd_offset);
	}
	expect(write(file_num, text, 0) == 0, "wrote no bytes: expected 0");
	expect_text(file_num, 21);

	// A buffer with nothing mapped behind it
	if (sys_page_alloc(0, end - PGSIZE, PTE_P | PTE_U | PTE_W) == 0) {
		memcpy(end - 10, text + 21, 10);
		r = write(file_num, end - 10, 10);
		expect(r == 10, "wrote 10 bytes from the end of a page: "
			"expected 10, got %d", r);
		expect_text(file_num, 31);
	}

	// More than a request holds.  In another order than before: what a
	// request held earlier must not do.
	for (int i = 0; i < TEXT_SIZE; i++)
		text[i] ^= 0x33;
	ftruncate(file_num, 0);
	seek(file_num, 0);
	if (mapped)
		memcpy(saved, behind, PGSIZE);
	r = write(file_num, text, TEXT_SIZE);
	expect(r == ROOM || r == TEXT_SIZE, "wrote %d bytes: expected %d, what "
		"a request holds, got %d", TEXT_SIZE, ROOM, r);
	expect(!mapped || memcmp(saved, behind, PGSIZE) == 0,
		"wrote %d bytes: what lies behind the request in memory has "
		"changed", TEXT_SIZE);
	expect(fd->fd_offset == MAX(r, 0), "wrote %d bytes, which returned "
		"%d: the offset is %d", TEXT_SIZE, r, fd->fd_offset);
	if (r > 0)
		expect_text(file_num, r);
	check_end_of_longest(fd, "wrote", write_file);
	close(file_num);
	remove(NAME);
}

void
umain(int argc, char **argv)
{
	USED(argc);
	USED(argv);
	for (uint32_t i = 0; i < TEXT_SIZE; i++)
		text[i] = i * 0x9E3779B1u >> 24;
	text[3] = text[24] = '\0';
	server = ipc_find_env(ENV_TYPE_FS);
	check_serve_read();
	check_serve_write();
	check_devfile_write();
	look_no_more();
}
