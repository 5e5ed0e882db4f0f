// ext/mmap/user/testshare.c - files that programs share which are no relatives,
// and what remains of those that are destroyed.
//
//	testshare			tests, and starts the others
//	testshare foreground		tests that ^C does not end the pager
//	testshare write PAGE BYTE	writes it to the mapping, tells its
//					parent, and waits to be destroyed

#include <ext/ext.h>
#include <ext/mmap/mmap.h>
#include <ext/mmap/pager.h>
#include <ext/test.h>

#define NAME		"/shared"
#define NPAGES		5
#define TAIL		10		// bytes of the file in its last page
#define SIZE		((NPAGES - 1) * PGSIZE + TAIL)
#define ROUNDS		40

static char buf[PGSIZE] __attribute__((aligned(PGSIZE)));

// ------------------------------------------------------------------- the file

static void
make_file(int byte)
{
	const int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC);

	must("open", fd);
	memset(buf, byte, sizeof(buf));
	for (int n = 0, r; n < SIZE; n += r)
		if ((r = write(fd, buf, MIN(PGSIZE, SIZE - n))) <= 0)
			panic("write: %e", r);
	must("close", close(fd));
}

// The first byte of a page in the file, as read gets it
static int
in_file(int page)
{
	const int fd = open(NAME, O_RDONLY);
	char c;

	must("open", fd);
	seek(fd, page * PGSIZE);
	expect("read", readn(fd, &c, 1), 1);
	close(fd);
	return c;
}

static char *
map(int prot)
{
	const int fd = open(NAME, O_RDWR);
	char *p = mmap(NULL, SIZE, prot, MAP_SHARED, fd, 0);

	must("mmap", mmap_error(p));
	close(fd);
	return p;
}

static volatile char *
map_rw(void)
{
	return map(PROT_READ | PROT_WRITE);
}

static void
unmap(volatile char *p)
{
	expect("munmap", munmap((char *) p, SIZE), 0);
}

// -------------------------------------------------------------- other programs

static void
write_and_wait(int page, int byte)
{
	map_rw()[page * PGSIZE] = byte;
	ipc_send(thisenv->env_parent_id, 0, NULL, 0);
	for (;;)
		sys_yield();
}

// Start a program that has written this when we go on.
static envid_t
start_writer(int page, int byte)
{
	char at[16], value[16];

	snprintf(at, sizeof(at), "%d", page);
	snprintf(value, sizeof(value), "%d", byte);

	const envid_t child = spawnl("/testshare", "testshare", "write", at,
		value, NULL);

	must("spawn", child);
	ipc_recv_from(child, NULL);
	return child;
}

// ----------------------------------------------------------------------- tests

static void
test_meet(void)
{
	const envid_t one = spawnl("/meet", "meet", NULL);
	const envid_t other = spawnl("/meet", "meet", NULL);

	must("spawn", one);
	must("spawn", other);
	wait(one);
	wait(other);
	cprintf("programs that are no relatives share\n");
}

// One that is destroyed loses nothing of the other's, and not even its own.
static void
test_destroyed(void)
{
	make_file('.');

	volatile char *p = map_rw();

	p[2 * PGSIZE] = '2';

	const envid_t child = start_writer(1, '1');

	expect("what the other writes", p[PGSIZE], '1');
	expect("what it does not", p[0], '.');
	expect("in the file, before msync", in_file(2), '.');
	destroy_and_wait(child);
	expect("what it wrote", p[PGSIZE], '1');
	p[3 * PGSIZE] = '3';
	expect("msync of one page", msync((char *) p + 2 * PGSIZE, 1), 0);
	expect("that page", in_file(2), '2');
	expect("not the next", in_file(3), '.');
	expect("msync", msync((char *) p, SIZE), 0);
	expect("what the destroyed one wrote", in_file(1), '1');
	expect("what remains", in_file(3), '3');
	expect("what nobody wrote", in_file(0), '.');
	unmap(p);

	// The last one is destroyed.
	destroy_and_wait(start_writer(4, '4'));
	p = map(PROT_READ);
	expect("its page", p[4 * PGSIZE], '4');
	expect("in the file", in_file(4), '4');
	unmap(p);
	cprintf("a destroyed program loses nothing\n");
}

// A page that nobody has written to is not written back, so what another
// program has written by `write' stays.
static void
test_unchanged(void)
{
	make_file('.');

	volatile char *p = map_rw();
	const int fd = open(NAME, O_RDWR);

	must("open", fd);
	expect("write", write(fd, "w", 1), 1);
	close(fd);
	p[PGSIZE] = 'p';
	expect("the mapping", p[0], '.');
	unmap(p);
	expect("the file", in_file(0), 'w');
	expect("the file", in_file(1), 'p');
	p = map(PROT_READ);
	expect("mapped anew", p[0], 'w');
	unmap(p);
	cprintf("only pages that have changed are written\n");
}

static void
test_removed(void)
{
	make_file('o');

	volatile char *old = map_rw();

	must("remove", remove(NAME));
	make_file('n');

	volatile char *new = map_rw();

	old[0] = '0';
	new[0] = '1';
	expect("the old file", old[PGSIZE], 'o');
	expect("the new file", new[PGSIZE], 'n');
	expect("written to the old one", old[0], '0');
	expect("written to the new one", new[0], '1');
	expect("msync of the old one", msync((char *) old, SIZE), -E_INVAL);
	unmap(new);
	munmap((char *) old, SIZE);
	expect("the file", in_file(0), '1');
	cprintf("a removed file is not the new one of that name\n");
}

// Fill the disk.
static void
fill_disk(void)
{
	const int fd = open("/filler", O_WRONLY | O_CREAT | O_TRUNC);
	int r;

	must("open", fd);
	while ((r = write(fd, buf, sizeof(buf))) > 0)
		;
	expect("write to a full disk", r, -E_NO_DISK);
	must("close", close(fd));
}

// What cannot be written for want of a block is not lost, although nobody maps
// it any more.
static void
test_full_disk(void)
{
	const int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC);

	must("open", fd);
	must("ftruncate", ftruncate(fd, SIZE));	// no block yet
	must("close", close(fd));

	volatile char *p = map_rw();

	p[PGSIZE] = 'l';
	fill_disk();
	expect("msync", msync((char *) p, SIZE), -E_NO_DISK);
	expect("munmap", munmap((char *) p, SIZE), -E_NO_DISK);
	must("remove", remove("/filler"));
	p = map(PROT_READ);
	expect("the page", p[PGSIZE], 'l');
	expect("the file", in_file(1), 'l');
	unmap(p);
	cprintf("on a full disk, what was written waits\n");
}

static void
test_requests(void)
{
	const envid_t pager = ext_call(SYS_pager, 0, 0, 0, 0, 0);
	struct PagerRequest *req = (struct PagerRequest *) buf;
	const int perm = PTE_P | PTE_U;

	must("pager", pager);
	memset(req, -1, sizeof(*req));
	for (uint32_t number = 0; number < 4; number++) {
		expect("bad request", ipc_call(pager, number, req, perm, NULL),
			-E_INVAL);
		expect("no page", ipc_call(pager, number, NULL, 0, NULL),
			-E_INVAL);
	}
	memset(req, 0, sizeof(*req));
	memset(req->name, 'x', sizeof(req->name));
	expect("no such file", ipc_call(pager, PAGER_MAP, req, perm, NULL),
		-E_NOT_FOUND);
	strcpy(req->name, "/");
	expect("the directory", ipc_call(pager, PAGER_MAP, req, perm, NULL),
		-E_INVAL);
	expect("candidate", ext_call(SYS_pager, sys_getenvid(), 0, 0, 0, 0),
		pager);
	cprintf("what the pager refuses\n");
}

static void
share_once(void)
{
	volatile char *p = map_rw();
	const envid_t child = start_writer(1, 'c');

	p[0] = 'p';
	destroy_and_wait(child);
	unmap(p);
	destroy_and_wait(start_writer(2, 'd'));
}

// The pages in use, after the pager has freed those of destroyed programs, and
// the server those of closed files: it looks at four of its 1024 open files
// with each open.
static int
pages_at_rest(void)
{
	unmap(map(PROT_READ));
	for (int i = 0; i < 1024 / 4; i++)
		in_file(0);
	return pages_in_use();
}

// Before this, the server's cache must have the program, and no page of the
// file have been mapped for writing.
static void
test_leaks(void)
{
	const int fd = open("/testshare", O_RDONLY);

	must("open", fd);
	while (read(fd, buf, sizeof(buf)) > 0)
		;
	close(fd);
	make_file('.');

	const int before = pages_at_rest();

	for (int i = 0; i < ROUNDS; i++)
		share_once();
	expect("pages in use", pages_at_rest(), before);
	cprintf("no shared page is lost\n");
}

// The child, which starts the pager, is the foreground job, which ^C ends.
static void
test_foreground(void)
{
	make_file('.');

	const envid_t child = fork_or_panic();

	if (child == 0) {
		sys_cons_foreground(true);
		map_rw()[0] = 'f';
		cprintf("the job runs\n");
		for (;;)
			sys_yield();
	}
	wait(child);

	volatile char *p = map(PROT_READ);

	expect("what the job wrote", p[0], 'f');
	cprintf("the pager goes on\n");
}

void
umain(int argc, char **argv)
{
	if (argc == 4) {
		write_and_wait(strtol(argv[2], NULL, 10),
			strtol(argv[3], NULL, 10));
	} else if (argc == 2) {
		test_foreground();
	} else {
		test_meet();
		test_leaks();
		test_destroyed();
		test_unchanged();
		test_removed();
		test_full_disk();
		test_requests();
		cprintf("testshare ok\n");
	}
}
