// tests/user/testdiskfull.c - writing to a full disk is an error; files on it
// can still be read and removed, and all of the freed space can be used again.

#include <inc/lib.h>

#define ROUNDS	2

static char buf[BLKSIZE];

static void
expect(const char *what, int got, int want)
{
	if (got != want)
		panic("%s: %d, not %d", what, got, want);
}

static int
open_or_panic(const char *name, int mode)
{
	int fd = open(name, mode);

	if (fd < 0)
		panic("open %s: %e", name, fd);
	return fd;
}

// Make a file that fills the disk.  Returns its size.
static int
fill_disk(const char *name)
{
	int fd = open_or_panic(name, O_WRONLY | O_CREAT | O_TRUNC);
	int size = 0, r;

	memset(buf, 'x', sizeof(buf));
	while ((r = write(fd, buf, sizeof(buf))) > 0)
		size += r;
	expect("write to a full disk", r, -E_NO_DISK);
	close(fd);

	struct Stat st;
	expect("stat", stat(name, &st), 0);
	expect("size", st.st_size, size);
	return size;
}

// Reading allocates no block, not even where nothing was ever written.
static void
read_hole(const char *name)
{
	int fd = open_or_panic(name, O_RDONLY);
	int n, r;

	for (n = 0; (r = read(fd, buf, sizeof(buf))) > 0; n += r)
		for (int i = 0; i < r; i++)
			expect("byte of a hole", buf[i], 0);
	expect("read of a hole", r, 0);
	expect("bytes of a hole", n, MAXFILESIZE);
	close(fd);
}

// A new file can be created until the directory itself needs another block.
static void
fill_directory(void)
{
	char name[16];
	int n = 0, fd;

	for (;; n++, close(fd)) {
		snprintf(name, sizeof(name), "/empty%d", n);
		if ((fd = open(name, O_RDWR | O_CREAT)) < 0)
			break;
		expect("write", write(fd, "x", 1), -E_NO_DISK);
	}
	expect("open", fd, -E_NO_DISK);
	while (n-- > 0) {
		snprintf(name, sizeof(name), "/empty%d", n);
		expect("remove", remove(name), 0);
	}
}

// The eleventh block of a file needs an indirect block, too.  If the disk has
// only one free block, that one stays free.
static void
append_eleventh(const char *all, int size)
{
	int ten = open_or_panic("/ten", O_RDWR);
	int fd = open_or_panic(all, O_RDWR);

	expect("ftruncate", ftruncate(fd, size - BLKSIZE), 0);
	seek(ten, NDIRECT * BLKSIZE);
	expect("eleventh block", write(ten, "x", 1), -E_NO_DISK);
	seek(fd, size - BLKSIZE);
	expect("write of the last block", write(fd, buf, 1), 1);
	close(fd);
	close(ten);
}

// Make a file with direct blocks only.
static void
make_ten(void)
{
	int ten = open_or_panic("/ten", O_RDWR | O_CREAT | O_TRUNC);

	for (int i = 0; i < NDIRECT; i++) {
		seek(ten, i * BLKSIZE);
		expect("write", write(ten, "x", 1), 1);
	}
	close(ten);
}

void
umain(int argc, char **argv)
{
	int first = 0;

	USED(argc), USED(argv);

	int hole = open_or_panic("/hole", O_RDWR | O_CREAT | O_TRUNC);
	expect("ftruncate", ftruncate(hole, MAXFILESIZE), 0);

	make_ten();
	for (int i = 0; i < ROUNDS; i++) {
		int size = fill_disk("/all");
		cprintf("%d bytes were free\n", size);
		if (i == 0)
			first = size;
		expect("size of all that is free", size, first);
		read_hole("/hole");
		fill_directory();
		seek(hole, MAXFILESIZE / 2);
		expect("write to a hole", write(hole, "x", 1), -E_NO_DISK);
		append_eleventh("/all", ROUNDDOWN(size - 1, BLKSIZE) + BLKSIZE);
		expect("remove", remove("/all"), 0);
	}
	expect("remove", remove("/ten"), 0);
	close(hole);
	expect("remove", remove("/hole"), 0);
	cprintf("testdiskfull ok\n");
}
