// tests/user/testcache.c - a disk much larger than the file server's cache:
// files that fill it can be read again, and the cache does not outgrow its
// limit.
//
// usage: testcache BLOCKS [keep]
//
// BLOCKS is the number of blocks that the server may cache (make BCACHE=n).
// With `keep`, the files stay on the disk (tests/test-bigdisk looks at them).
//
// Prints a line for each file and for every 100 rounds.  These may take seconds
// on a busy computer, or without DMA, and a test that prints nothing is taken
// to hang.

#include <tests/user/test.h>

#define MAXFILES	64
#define FILE_SIZE	(4 * 1024 * 1024)
#define WORDS		(BLKSIZE / 4)
#define ROUNDS		1000
#define SLACK		64		// pages for page tables, the stack

static uint32_t buf[WORDS];
static int file_size[MAXFILES];
static int nfiles;

static void
expect(const char *what, int got, int want)
{
	if (got != want)
		panic("%s: %d, not %d", what, got, want);
}

static int
free_pages(void)
{
	int n = 0;

	for (const volatile struct PageInfo *pp = pages;
	     page_is_mapped((const void *) pp); pp++)
		n += pp->pp_ref == 0;
	return n;
}

// The word that belongs at this offset of the file
static uint32_t
word(int file, uint32_t offset)
{
	return file * 0x10001u + offset * 2654435761u;
}

static int
open_file(int file, int mode)
{
	char name[16];

	snprintf(name, sizeof(name), "/cache%d", file);
	int fd = open(name, mode);
	must(name, fd);
	return fd;
}

static void
fill(int file, uint32_t offset)
{
	for (int i = 0; i < WORDS; i++)
		buf[i] = word(file, offset + 4 * i);
}

static void
check(int file, uint32_t offset, int n)
{
	for (int i = 0; i < n / 4; i++)
		if (buf[i] != word(file, offset + 4 * i))
			panic("file %d: %08x at %08x, not %08x", file, buf[i],
				offset + 4 * i, word(file, offset + 4 * i));
}

// Write buf, or less if the disk is full.  Returns how many bytes.
static int
write_block(int fd)
{
	int done = 0, r;

	do {
		r = write(fd, (char *) buf + done, sizeof(buf) - done);
		done += MAX(r, 0);
	} while (r > 0 && done < (int) sizeof(buf));
	if (r < 0)
		expect("write", r, -E_NO_DISK);
	return done;
}

// Fill a file.  Returns whether the disk has room for more.
static bool
write_file(int file)
{
	int fd = open_file(file, O_RDWR | O_CREAT | O_TRUNC);
	int size = 0, n = BLKSIZE;

	while (size < FILE_SIZE && n == BLKSIZE) {
		fill(file, size);
		n = write_block(fd);
		size += n;
	}
	expect("close", close(fd), 0);
	file_size[file] = size;
	cprintf("file %d has %d bytes\n", file, size);
	return n == BLKSIZE;
}

static void
read_file(int file)
{
	int fd = open_file(file, O_RDONLY);
	int size = 0, n;

	for (; (n = readn(fd, buf, sizeof(buf))) > 0; size += n)
		check(file, size, n);
	expect("read", n, 0);
	expect("size", size, file_size[file]);
	expect("close", close(fd), 0);
	cprintf("file %d is right\n", file);
}

// Read and write blocks at random offsets.
static void
jump_about(void)
{
	uint32_t random = 1;

	for (int i = 0; i < ROUNDS; i++) {
		if (i % 100 == 0)
			cprintf("round %d\n", i);
		random = random * 1664525 + 1013904223;
		int file = (random >> 8) % nfiles;
		int nblocks = file_size[file] / BLKSIZE;
		if (nblocks == 0)
			continue;
		uint32_t offset = (random >> 12) % nblocks * BLKSIZE;
		int fd = open_file(file, O_RDWR);

		seek(fd, offset);
		expect("readn", readn(fd, buf, sizeof(buf)), sizeof(buf));
		check(file, offset, sizeof(buf));
		seek(fd, offset);
		expect("write_block", write_block(fd), sizeof(buf));
		close(fd);
	}
}

static void
remove_files(void)
{
	char name[16];

	while (nfiles-- > 0) {
		snprintf(name, sizeof(name), "/cache%d", nfiles);
		must("remove", remove(name));
	}
}

void
umain(int argc, char **argv)
{
	const int budget = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	const int before = free_pages();
	int blocks = 0;

	while (nfiles < MAXFILES && write_file(nfiles++))
		;
	for (int file = nfiles; file-- > 0; )
		read_file(file);
	jump_about();
	for (int file = 0; file < nfiles; file++) {
		read_file(file);
		blocks += file_size[file] / BLKSIZE;
	}
	must("sync", sync());

	int used = before - free_pages();
	cprintf("testcache: %d blocks in %d files, %d pages\n", blocks, nfiles,
		used);
	if (budget > 0 && (used > budget + SLACK || blocks < 2 * budget))
		panic("%d pages, for %d blocks of %d", used, budget, blocks);
	if (argc < 3)
		remove_files();
	cprintf("testcache ok\n");
}
