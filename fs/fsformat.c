// fs/fsformat.c - makes a disk image with the given files in its root
// directory.  Runs on the host:
//
//	fsformat fs.img NBLOCKS files...
//
// The image is made in memory and written in one go at the end, so an error
// leaves no half of one.  It depends on nothing but the arguments and the
// bytes of the files.  inc/fs.h has the format; blocks are used in order:
// super block, bitmap, the files as given, root directory.

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <fs/format.h>

#define MAX_DIR_ENTS	160

static uint8_t *disk;			// the image
static uint32_t nblocks;		// blocks in it
static uint32_t next_block;		// the first not in use yet
static struct File entries[MAX_DIR_ENTS];	// root directory
static unsigned nentries;

static void die(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

static void
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "fsformat: ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n");
	va_end(ap);
	exit(1);
}

static void *
block(uint32_t blockno)
{
	return disk + (size_t) blockno * BLKSIZE;
}

// Take the next n blocks.  Returns the number of the first.
static uint32_t
take_blocks(uint32_t n)
{
	uint32_t first = next_block;

	if (n > nblocks - next_block)
		die("out of disk blocks");
	next_block += n;
	return first;
}

// f's contents are the blocks from first on: note size and block numbers.
static void
set_contents(struct File *f, uint32_t first, uint32_t size)
{
	uint32_t n = blocks_of(size);

	f->f_size = (int32_t) size;
	for (uint32_t i = 0; i < n && i < NDIRECT; i++)
		f->f_direct[i] = first + i;
	if (n > NDIRECT) {
		f->f_indirect = take_blocks(1);
		uint32_t *numbers = block(f->f_indirect);
		for (uint32_t i = NDIRECT; i < n; i++)
			numbers[i - NDIRECT] = first + i;
	}
}

// A new entry of the root directory.
static struct File *
add_entry(const char *name)
{
	if (strlen(name) >= MAXNAMELEN)
		die("%s: name is too long", name);
	for (unsigned i = 0; i < nentries; i++)
		if (strcmp(entries[i].f_name, name) == 0)
			die("%s: two files of that name", name);
	if (nentries == MAX_DIR_ENTS)
		die("too many directory entries");

	struct File *f = &entries[nentries++];
	strcpy(f->f_name, name);
	f->f_type = FTYPE_REG;
	return f;
}

static void
read_all(int fd, uint8_t *buf, size_t n)
{
	while (n > 0) {
		ssize_t r = read(fd, buf, n);
		if (r < 0)
			die("read: %s", strerror(errno));
		if (r == 0)
			die("read: Unexpected EOF");
		buf += r;
		n -= (size_t) r;
	}
}

static void
add_file(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct File *f = add_entry(slash ? slash + 1 : path);
	struct stat st;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		die("open %s: %s", path, strerror(errno));
	if (fstat(fd, &st) < 0)
		die("stat %s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		die("%s is not a regular file", path);
	if (st.st_size > MAXFILESIZE)
		die("%s too large", path);

	uint32_t size = (uint32_t) st.st_size;
	uint32_t first = take_blocks(blocks_of(size));
	read_all(fd, block(first), size);
	set_contents(f, first, size);
	close(fd);
}

// Everything but the bitmap's size is known only at the end.
static void
begin_disk(void)
{
	disk = calloc(nblocks, BLKSIZE);
	if (!disk)
		die("out of memory");
	next_block = first_data_block(nblocks);
	if (next_block > nblocks)
		die("out of disk blocks");
}

static void
finish_disk(void)
{
	uint32_t ndirblocks = blocks_of(nentries * sizeof(struct File));
	uint32_t dir = take_blocks(ndirblocks);
	memcpy(block(dir), entries, nentries * sizeof(struct File));

	struct Super *super = block(1);
	super->s_magic = FS_MAGIC;
	super->s_nblocks = nblocks;
	super->s_root.f_type = FTYPE_DIR;
	strcpy(super->s_root.f_name, "/");
	set_contents(&super->s_root, dir, ndirblocks * BLKSIZE);

	uint32_t *bitmap = block(2);
	for (uint32_t i = next_block; i < BLKBITSIZE; i++)
		bitmap[i / 32] |= 1u << i % 32;
}

static void
write_disk(const char *path)
{
	FILE *f = fopen(path, "wb");

	if (!f)
		die("open %s: %s", path, strerror(errno));
	if (fwrite(disk, BLKSIZE, nblocks, f) != nblocks || fclose(f) != 0)
		die("write %s: %s", path, strerror(errno));
}

int
main(int argc, char **argv)
{
	char *end = "?";
	long n = argc >= 3 ? strtol(argv[2], &end, 0) : 0;

	// So small a disk has a bitmap of one block.
	if (*end || n < 2 || n > MAX_BLOCKS) {
		fprintf(stderr, "Usage: fsformat fs.img NBLOCKS files...\n");
		return 2;
	}
	nblocks = (uint32_t) n;

	begin_disk();
	for (int i = 3; i < argc; i++)
		add_file(argv[i]);
	finish_disk();
	write_disk(argv[1]);
	return 0;
}
