// ext/mmap/user/testmmap.c - files as memory.
//
//	testmmap			tests, and starts the others
//	testmmap expect OFFSET BYTE	is this in the file?
//	testmmap change OFFSET BYTE	writes it by a mapping, and ends

#include <ext/mmap/mmap.h>

#include <ext/test.h>

#define NAME		"/mapped"
#define NPAGES		40
#define TAIL		100		// bytes of the file in its last page
#define SIZE		((NPAGES - 1) * PGSIZE + TAIL)
#define ALL		(NPAGES * PGSIZE)
#define WARM_UP		50
#define TOUCHES		50
#define ROUNDS		100

// ------------------------------------------------------------------- the file

static char
content(int offset)
{
	return offset / PGSIZE * 7 + offset % 251;
}

static void
write_all(int fd, const char *buf, int n)
{
	for (int done = 0; done < n; ) {
		const int r = write(fd, buf + done, n - done);

		if (r <= 0)
			panic("write: %e", r);
		done += r;
	}
}

static int
must_open(int mode)
{
	const int fd = open(NAME, mode);

	must("open", fd);
	return fd;
}

static void
make_file(void)
{
	static char page[PGSIZE];
	const int fd = must_open(O_RDWR | O_CREAT | O_TRUNC);

	for (int offset = 0; offset < SIZE; offset += PGSIZE) {
		for (int i = 0; i < PGSIZE; i++)
			page[i] = content(offset + i);
		write_all(fd, page, MIN(PGSIZE, SIZE - offset));
	}
	must("close", close(fd));
}

// The byte in the file, as read gets it
static char
byte_at(int offset)
{
	const int fd = must_open(O_RDONLY);
	char c;

	seek(fd, offset);
	expect("read", readn(fd, &c, 1), 1);
	close(fd);
	return c;
}

static char *
map_at(void *addr, int len, int prot, int flags, int mode, int offset)
{
	const int fd = must_open(mode);
	char *p = mmap(addr, len, prot, flags, fd, offset);

	must("mmap", mmap_error(p));
	must("close", close(fd));
	return p;
}

static char *
map(int prot, int flags)
{
	return map_at(NULL, SIZE, prot, flags, O_RDWR, 0);
}

static int
pages_of(const char *p, int n)
{
	int mapped = 0;

	for (int i = 0; i < n; i++)
		mapped += page_is_mapped(p + i * PGSIZE);
	return mapped;
}

// ------------------------------------------------------------- other programs

static void
run(const char *what, int offset, int byte)
{
	char at[16], value[16];

	snprintf(at, sizeof(at), "%d", offset);
	snprintf(value, sizeof(value), "%d", byte);

	const envid_t child = spawnl("/testmmap", "testmmap", what, at, value,
		NULL);

	must("spawn", child);
	wait(child);
}

// Writes and ends, without munmap and msync
static void
change(int offset, int byte)
{
	char *p = map(PROT_READ | PROT_WRITE, MAP_SHARED);

	p[offset] = byte;
}

// ----------------------------------------------------------------- MAP_PRIVATE

static void
test_private(void)
{
	char *p = map(PROT_READ | PROT_WRITE, MAP_PRIVATE);

	expect("pages before the first touch", pages_of(p, NPAGES), 0);
	expect("a byte", p[5 * PGSIZE + 1], content(5 * PGSIZE + 1));
	expect("pages after it", pages_of(p, NPAGES), 1);
	for (int i = 0; i < SIZE; i += 13)
		expect("a byte of all", p[i], content(i));
	for (int i = SIZE; i < ALL; i++)
		expect("a byte behind the end", p[i], 0);
	p[7] = 'p';
	expect("msync", msync(p, SIZE), 0);
	expect("the file", byte_at(7), content(7));
	expect("munmap of a part", munmap(p, PGSIZE), -E_INVAL);
	expect("munmap of another", munmap(p + PGSIZE, SIZE), -E_INVAL);
	expect("munmap", munmap(p, SIZE), 0);
	expect("pages after munmap", pages_of(p, NPAGES), 0);
	expect("munmap again", munmap(p, SIZE), -E_INVAL);

	// A part of the file, at a place of the program's choice
	char *const place = (char *) 0x30000000;

	p = map_at(place, 2 * PGSIZE, PROT_READ, MAP_PRIVATE, O_RDONLY,
		(NPAGES - 2) * PGSIZE);
	expect("place", p == place, true);
	expect("a byte there", p[3], content((NPAGES - 2) * PGSIZE + 3));
	expect("the end there", p[PGSIZE + TAIL], 0);
	expect("munmap", munmap(p, 2 * PGSIZE), 0);
	cprintf("pages are read at the first touch\n");
}

// Pages that are touched first in the middle of a request, by the library; and
// a fault does not move the program's own offset.
static void
test_requests(void)
{
	char *p = map(PROT_READ | PROT_WRITE, MAP_PRIVATE);
	const int fd = must_open(O_RDWR);
	static char c[2 * PGSIZE];

	seek(fd, 10 * PGSIZE);
	expect("read", readn(fd, p + 3 * PGSIZE - 100, PGSIZE), PGSIZE);
	for (int i = 0; i < PGSIZE; i++)
		expect("what was read", p[3 * PGSIZE - 100 + i],
			content(10 * PGSIZE + i));
	expect("before it", p[3 * PGSIZE - 101], content(3 * PGSIZE - 101));
	expect("behind it", p[4 * PGSIZE], content(4 * PGSIZE));
	seek(fd, 20 * PGSIZE);
	write_all(fd, p + 21 * PGSIZE - 50, PGSIZE);
	seek(fd, 20 * PGSIZE);
	expect("read", readn(fd, c, sizeof(c)), sizeof(c));
	for (int i = 0; i < PGSIZE; i++)
		expect("what was written", c[i], content(21 * PGSIZE - 50 + i));
	expect("what was not", c[PGSIZE], content(21 * PGSIZE));
	seek(fd, 20 * PGSIZE);
	for (int i = 0; i < PGSIZE; i++)
		c[i] = content(20 * PGSIZE + i);
	write_all(fd, c, PGSIZE);
	close(fd);
	expect("munmap", munmap(p, SIZE), 0);
	cprintf("requests may meet pages that are not there\n");
}

// ------------------------------------------------------------------ MAP_SHARED

static void
test_shared(void)
{
	char *p = map(PROT_READ | PROT_WRITE, MAP_SHARED);
	const int there = 9 * PGSIZE + 9, last = SIZE - 1;

	expect("pages", pages_of(p, NPAGES), NPAGES);
	for (int i = 0; i < SIZE; i += 17)
		expect("a byte", p[i], content(i));
	p[there] = 'a';
	p[last] = 'z';
	p[SIZE] = 'x';			// behind the end
	run("expect", there, content(there));
	expect("msync of another page", msync(p, PGSIZE), 0);
	run("expect", there, content(there));
	expect("msync", msync(p, SIZE), 0);
	run("expect", there, 'a');
	run("expect", last, 'z');

	struct Stat st;

	must("stat", stat(NAME, &st));
	expect("size", st.st_size, SIZE);

	// A page that was not written to since is not written back.
	run("change", there, 'b');
	run("change", 2, 'c');
	p[3 * PGSIZE] = 'd';
	expect("msync", msync(p, SIZE), 0);
	run("expect", there, 'b');
	run("expect", 2, 'c');
	run("expect", 3 * PGSIZE, 'd');
	p[4 * PGSIZE] = 'e';
	expect("munmap", munmap(p, SIZE), 0);
	run("expect", 4 * PGSIZE, 'e');
	cprintf("what is written to a shared mapping is the file's\n");
}

static char *shared;

static void
write_in_child(void)
{
	shared[6 * PGSIZE] = 'f';
}

static void
test_shared_fork(void)
{
	shared = map(PROT_READ | PROT_WRITE, MAP_SHARED);
	in_child(write_in_child);
	expect("what the child wrote", shared[6 * PGSIZE], 'f');
	expect("and its exit, to the file", byte_at(6 * PGSIZE), 'f');
	expect("munmap", munmap(shared, SIZE), 0);
	cprintf("parent and child share it\n");
}

// Touch all pages of p, from either end, again and again as at the first time.
static void
touch_often(char *p, bool backwards)
{
	for (int n = 0; n < TOUCHES * NPAGES; n++) {
		const int i = backwards ? NPAGES - 1 - n % NPAGES : n % NPAGES;
		const int at = i * PGSIZE + 11;

		must("sys_page_unmap", sys_page_unmap(0, p + i * PGSIZE));
		expect("a byte of a page of its own", p[at], content(at));
		p[at] = ~p[at];
	}
}

// Parent and children read the same pages at the same time, by one descriptor,
// which has one offset.
static void
test_private_fork(void)
{
	char *p = map(PROT_READ | PROT_WRITE, MAP_PRIVATE);
	const envid_t first = fork_or_panic(), second = fork_or_panic();

	touch_often(p, second == 0);
	if (second > 0)
		wait(second);
	if (first == 0 || second == 0)
		exit();
	wait(first);
	expect("munmap", munmap(p, SIZE), 0);
	cprintf("children read their own\n");
}

// ------------------------------------------------------------------ what fails

static void
expect_error(const char *what, int want, void *addr, int len, int prot,
	int flags, int fd, int offset)
{
	expect(what, mmap_error(mmap(addr, len, prot, flags, fd, offset)),
		want);
}

static void
test_errors(void)
{
	const int rw = PROT_READ | PROT_WRITE, cons = opencons();
	const int fd = must_open(O_RDWR), in = must_open(O_RDONLY);
	const int out = must_open(O_WRONLY), dir = open("/", O_RDONLY);
	char *p;

	expect_error("fd -1", -E_INVAL, NULL, 1, rw, MAP_PRIVATE, -1, 0);
	expect_error("fd 30", -E_INVAL, NULL, 1, rw, MAP_PRIVATE, 30, 0);
	expect_error("console", -E_NOT_SUPP, NULL, 1, rw, MAP_PRIVATE, cons, 0);
	expect_error("directory", -E_INVAL, NULL, 1, PROT_READ, MAP_PRIVATE,
		dir, 0);
	expect_error("no length", -E_INVAL, NULL, 0, rw, MAP_PRIVATE, fd, 0);
	expect_error("length -1", -E_INVAL, NULL, -1, rw, MAP_PRIVATE, fd, 0);
	expect_error("too long", -E_INVAL, NULL, ALL + 1, rw, MAP_PRIVATE, fd,
		0);
	expect_error("behind the end", -E_INVAL, NULL, 1, rw, MAP_PRIVATE, fd,
		ALL);
	expect_error("across the end", -E_INVAL, NULL, PGSIZE + 1, rw,
		MAP_PRIVATE, fd, ALL - PGSIZE);
	expect_error("offset 1", -E_INVAL, NULL, 1, rw, MAP_PRIVATE, fd, 1);
	expect_error("offset < 0", -E_INVAL, NULL, 1, rw, MAP_PRIVATE, fd,
		-PGSIZE);
	expect_error("addr 1", -E_INVAL, (void *) (MMAP_START + 1), 1, rw,
		MAP_PRIVATE, fd, 0);
	expect_error("addr of the kernel", -E_INVAL, (void *) KERNBASE, 1, rw,
		MAP_PRIVATE, fd, 0);
	expect_error("across MMAP_END", -E_INVAL, (void *) (MMAP_END - PGSIZE),
		PGSIZE + 1, rw, MAP_PRIVATE, fd, 0);
	expect_error("addr of the program", -E_NO_MEM, (void *) UTEXT, 1, rw,
		MAP_PRIVATE, fd, 0);
	expect_error("no flags", -E_INVAL, NULL, 1, rw, 0, fd, 0);
	expect_error("both flags", -E_INVAL, NULL, 1, rw,
		MAP_PRIVATE | MAP_SHARED, fd, 0);
	expect_error("not for reading", -E_INVAL, NULL, 1, PROT_WRITE,
		MAP_PRIVATE, fd, 0);
	expect_error("bad prot", -E_INVAL, NULL, 1, rw | 4, MAP_PRIVATE, fd, 0);
	expect_error("O_WRONLY", -E_INVAL, NULL, 1, rw, MAP_PRIVATE, out, 0);
	expect_error("O_RDONLY, shared", -E_INVAL, NULL, 1, rw, MAP_SHARED, in,
		0);
	p = mmap(NULL, 1, rw, MAP_PRIVATE, in, 0);
	must("O_RDONLY, private", mmap_error(p));
	expect_error("a place in use", -E_NO_MEM, p, 1, rw, MAP_PRIVATE, fd, 0);
	expect_error("a place partly in use", -E_NO_MEM, p - PGSIZE,
		PGSIZE + 1, rw, MAP_PRIVATE, fd, 0);
	expect("munmap", munmap(p, 1), 0);
	p = mmap(NULL, 1, PROT_READ, MAP_SHARED, in, 0);
	must("O_RDONLY, shared, to read", mmap_error(p));
	expect("munmap", munmap(p, 1), 0);
	expect("msync of nothing", msync(p, 1), -E_INVAL);
	close(cons), close(fd), close(in), close(out), close(dir);
	cprintf("what mmap refuses\n");
}

static void
write_read_only(void)
{
	char *p = map(PROT_READ, MAP_SHARED);

	*(volatile char *) p = 1;
}

static void
read_unmapped(void)
{
	char *p = map(PROT_READ, MAP_PRIVATE);

	munmap(p, SIZE);
	(void) *(volatile char *) p;
}

// A program that closes all descriptors closes the file of its mappings, too:
// pages that are there stay.
static void
close_all_files(void)
{
	char *p = map(PROT_READ, MAP_PRIVATE);
	char *q = map(PROT_READ | PROT_WRITE, MAP_SHARED);

	(void) *(volatile char *) p;
	q[8 * PGSIZE] = 'g';
	close_all();
	expect("written by closing", byte_at(8 * PGSIZE), 'g');
	expect("msync", msync(q, SIZE), -E_INVAL);
	expect("munmap", munmap(q, SIZE), 0);
	expect("a page that is there", p[1], content(1));
	(void) *(volatile char *) (p + PGSIZE);
}

// ------------------------------------------------------------- nothing is lost

static void
map_and_unmap(void)
{
	char *p = map(PROT_READ, MAP_PRIVATE);
	char *q = map(PROT_READ | PROT_WRITE, MAP_SHARED);

	for (int i = 0; i < NPAGES; i++)
		expect("a byte", p[i * PGSIZE + 20], content(i * PGSIZE + 20));
	q[30] = 'h';
	expect("munmap", munmap(p, SIZE), 0);
	expect("munmap", munmap(q, SIZE), 0);
}

// The server frees the pages of files that were closed when others are opened,
// so a few more or less are in use each time.
static void
test_leaks(void)
{
	for (int i = 0; i < WARM_UP; i++)
		map_and_unmap();

	const int before = pages_in_use();

	for (int i = 0; i < ROUNDS; i++)
		map_and_unmap();

	const int more = pages_in_use() - before;

	if (more >= ROUNDS / 2)
		panic("%d pages are lost", more);

	char *p[32];
	int n = 0;

	while (n < 32) {
		const int fd = must_open(O_RDONLY);

		p[n] = mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE, fd, 0);
		close(fd);
		if (mmap_error(p[n]))
			break;
		n++;
	}
	expect("error", mmap_error(p[n]), -E_MAX_OPEN);
	expect("mappings", n, 16);
	while (n-- > 0)
		expect("munmap", munmap(p[n], SIZE), 0);
	map_and_unmap();
	cprintf("no page is lost\n");
}

void
umain(int argc, char **argv)
{
	if (argc == 4) {
		const int offset = strtol(argv[2], NULL, 10);
		const int byte = strtol(argv[3], NULL, 10);

		if (strcmp(argv[1], "change") == 0)
			change(offset, byte);
		else
			expect("another program", byte_at(offset), byte);
		return;
	}
	make_file();
	test_errors();
	test_private();
	test_requests();
	test_private_fork();
	test_shared();
	test_shared_fork();
	make_file();
	in_child(write_read_only);
	in_child(read_unmapped);
	in_child(close_all_files);
	make_file();
	test_leaks();
	cprintf("testmmap ok\n");
}
